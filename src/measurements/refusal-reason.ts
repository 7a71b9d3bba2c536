/** Why one measurement of a message was refused, with a sentence for the sensor's developer. */
export const REFUSAL_REASONS = {
  malformed:
    'The item is none of {heartRate, timestamp}, {characteristic, timestamp} and {measure, time}, or a member has the wrong type.',
  characteristic_malformed: 'The characteristic is no Heart Rate Measurement (0x2A37) in base64.',
  value_not_integer: 'The heart rate is not a whole number.',
  value_out_of_range: 'The heart rate is not between 20 and 300 beats per minute.',
  unknown_unit: 'The unit is none of /min, bpm and beats/minute.',
  rr_intervals_malformed: 'The RR intervals are no list of at most 255 numbers above 0 and up to 64,000 milliseconds.',
  contact_malformed: 'The contact is neither true nor false.',
  energy_malformed: 'The energy is no whole number of kilojoules from 0 to 65,535.',
  time_malformed: 'The time is in no known form, or is no day of the calendar or time of the day.',
  time_without_zone: 'The time has no zone, and no SENSOR_TIME_ZONE is set to read it in.',
  time_ahead: 'The time is more than 5 minutes ahead of the server, or of the time at which it was sent.',
  time_before_1970: 'The time lies before 1970.',
  sent_at_malformed: 'The time at which it was sent is no RFC 3339 time with its zone.',
} as const;

/** Code of a refusal, as it stands in an acknowledgement. */
export type RefusalReason = keyof typeof REFUSAL_REASONS;
