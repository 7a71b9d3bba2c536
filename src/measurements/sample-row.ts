import type { HeartRateSampleTable } from '../database/resource-server/measurements.js';
import type { Sample } from './reading.js';

/** A stored sample as the rest of the code knows it. */
export function sampleOf(row: HeartRateSampleTable): Sample {
  return {
    resourceId: row.resource_id,
    sensorId: row.sensor_id,
    recordedMs: row.recorded_ms,
    heartRate: row.heart_rate,
    receivedMs: row.received_ms,
  };
}
