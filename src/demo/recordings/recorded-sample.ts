/** One heart rate as a recording holds it, neither checked nor corrected: to refuse is the gateway's part. */
export interface RecordedSample {
  /** When it was measured, in milliseconds since the Unix epoch. */
  readonly recordedAtMs: number;
  /** In beats per minute; a strap that lost contact may have written 0. */
  readonly heartRate: number;
}
