import type { HeartRateSampleTable } from '../database/resource-server/measurements.js';
import type { Sample } from './reading.js';
import type { LoggedSample } from './sample-log.js';

/** A stored sample as the rest of the code knows it. */
export function sampleOf(row: HeartRateSampleTable): Sample {
  return {
    resourceId: row.resource_id,
    sensorId: row.sensor_id,
    recordedMs: row.recorded_ms,
    sensorMs: row.sensor_ms,
    heartRate: row.heart_rate,
    ...(row.rr_intervals !== null && { rrIntervalsMs: JSON.parse(row.rr_intervals) as readonly number[] }),
    ...(row.contact !== null && { contact: row.contact === 1 }),
    ...(row.energy_kj !== null && { energyKj: row.energy_kj }),
    receivedMs: row.received_ms,
  };
}

/** The same with its place in the order in which the samples of its resource were stored. */
export function loggedSampleOf(row: HeartRateSampleTable): LoggedSample {
  return { ...sampleOf(row), position: row.position };
}
