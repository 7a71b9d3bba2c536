import type { DestinationStream } from 'pino';

import type { LogLevel } from '../config/common.environment.js';
import type { ApiDescription } from './api-description.js';
import type { RateLimit } from './rate-limit.js';

/** Largest request body that a server takes when it is not told otherwise: 1 MiB. */
export const DEFAULT_BODY_LIMIT_BYTES = 1_048_576;

/** Which calls of scripts of other origins a browser may let through. @see Fetch Standard section 3.3 */
export interface CrossOrigin {
  readonly origin: string;
  readonly credentials: boolean;
  readonly methods: readonly string[];
  readonly allowedHeaders: readonly string[];
  readonly exposedHeaders: readonly string[];
  /** Seconds that a preflight's answer may be kept. */
  readonly maxAge: number;
}

/** What {@link createApp} is told about one server. */
export interface AppOptions {
  /** Stands in every line of the log: `resource-server`. */
  readonly name: string;
  readonly logLevel: LogLevel;
  /** Where the log goes instead of standard output. */
  readonly logDestination?: DestinationStream;
  /** Addresses and networks of the reverse proxies whose `X-Forwarded-*` headers are believed. */
  readonly trustProxy: readonly string[];
  /** The path of the server's own address (`/t1`), without a trailing slash, when it has one. */
  readonly basePath?: string;
  readonly rateLimits: readonly RateLimit[];
  /** Largest request body, in bytes. */
  readonly bodyLimitBytes?: number;
  /** Directives that replace or add to those of the strict default policy, by their names. */
  readonly contentSecurityPolicy?: Readonly<Record<string, readonly string[]>>;
  /** What scripts of other origins may do; nothing when it is not said. */
  readonly crossOrigin?: CrossOrigin;
  readonly openApi: ApiDescription;
}
