import type { Secret } from '../common/secret.js';

/** What the measurements room can be told. */
export interface MeasurementsOptions {
  /** IANA zone in which an old sensor's time without a zone is read; without it such times are refused. */
  readonly sensorTimeZone?: string | undefined;
  /** Path of the server's address, without a trailing slash, which a proxy may keep in front of `/socket.io`. */
  readonly basePath?: string;
  /** Whether socket.io clients 1.x and 2.x may connect, whose credential may stand in the query of the address. */
  readonly sensorProtocol3?: boolean;
  /** A port for sensors that have no credential; there is none when it is not given. */
  readonly oldSensorPort?: OldSensorPortOptions | undefined;
  /** How often sockets of one address may be refused in a minute; without it, ever so often. */
  readonly refusalsPerMinute?: number | undefined;
  /** Addresses and networks of the proxies whose `X-Forwarded-For` is believed. */
  readonly trustProxy?: readonly string[];
  /** From the beginning of a commit to the next one, for which measurements wait, in milliseconds; 20 when not given. */
  readonly commitIntervalMs?: number;
}

/** Where sensors without a credential may send, and as which sensor. */
export interface OldSensorPortOptions {
  /** Address to listen on. */
  readonly host: string;
  /** 0 is any that is free. */
  readonly port: number;
  /** Credential of the sensor that everything is stored under. */
  readonly credential: Secret;
}

/** Injection token of {@link MeasurementsOptions}. */
export const MEASUREMENTS_OPTIONS = Symbol('MeasurementsOptions');
/** Injection token of {@link OldSensorPortOptions}. */
export const OLD_SENSOR_PORT_OPTIONS = Symbol('OldSensorPortOptions');
