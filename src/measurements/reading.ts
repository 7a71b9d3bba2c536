/** One heart rate as a sensor measured it. */
export interface Reading {
  /** Beats per minute, a whole number from 20 to 300. */
  readonly heartRate: number;
  /** When it was measured, in milliseconds since the Unix epoch, by the clock of the sensor. */
  readonly recordedMs: number;
  /** When the sensor sent it, by the same clock; absent when it does not tell. */
  readonly sentMs?: number;
  /** Times from beat to beat, oldest first, in milliseconds; absent when there are none. */
  readonly rrIntervalsMs?: readonly number[];
  /** Whether the sensor touched the skin; absent when it does not tell. */
  readonly contact?: boolean;
  /** Energy expended since the sensor began to count, in kilojoules; absent when it does not tell. */
  readonly energyKj?: number;
}

/** A reading with its place: whose it is, which sensor sent it, when it came. */
export interface Sample extends Omit<Reading, 'sentMs'> {
  readonly resourceId: string;
  readonly sensorId: string;
  /** When it was measured, in milliseconds since the Unix epoch: by our clock, as far as the sensor's is known. */
  readonly recordedMs: number;
  /** The same by the sensor's own clock; a sensor has one value for each of its instants. */
  readonly sensorMs: number;
  /** When this server received it, in milliseconds since the Unix epoch. */
  readonly receivedMs: number;
}
