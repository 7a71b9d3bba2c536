/** What the measurements room can be told. */
export interface MeasurementsOptions {
  /** IANA zone in which an old sensor's time without a zone is read; without it such times are refused. */
  readonly sensorTimeZone?: string | undefined;
  /** Path of the server's address, without a trailing slash, which a proxy may keep in front of `/socket.io`. */
  readonly basePath?: string;
  /** How long a measurement may wait for others to share its commit, in milliseconds; 20 when not given. */
  readonly commitDelayMs?: number;
}

/** Injection token of {@link MeasurementsOptions}. */
export const MEASUREMENTS_OPTIONS = Symbol('MeasurementsOptions');
