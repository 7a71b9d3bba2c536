/** Why one measurement of a message was refused, with a sentence for the sensor's developer. */
export const REFUSAL_REASONS = {
  malformed: 'The item is neither {heartRate, timestamp} nor {measure, time}, or a member has the wrong type.',
  value_not_integer: 'The heart rate is not a whole number.',
  value_out_of_range: 'The heart rate is not between 20 and 300 beats per minute.',
  unknown_unit: 'The unit is none of /min, bpm and beats/minute.',
  time_malformed: 'The time is in no known form, or is no day of the calendar or time of the day.',
  time_without_zone: 'The time has no zone, and no SENSOR_TIME_ZONE is set to read it in.',
  time_ahead: 'The time is more than 5 minutes ahead of the server.',
  time_before_1970: 'The time lies before 1970.',
} as const;

/** Code of a refusal, as it stands in an acknowledgement. */
export type RefusalReason = keyof typeof REFUSAL_REASONS;
