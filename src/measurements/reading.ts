/** One heart rate as a sensor measured it. */
export interface Reading {
  /** Beats per minute, a whole number from 20 to 300. */
  readonly heartRate: number;
  /** When it was measured, in milliseconds since the Unix epoch. */
  readonly recordedMs: number;
}

/** A reading with its place: whose it is, which sensor sent it, when it came. */
export interface Sample extends Reading {
  readonly resourceId: string;
  readonly sensorId: string;
  /** When this server received it, in milliseconds since the Unix epoch. */
  readonly receivedMs: number;
}
