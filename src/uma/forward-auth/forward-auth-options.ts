import type { ForwardAuthRule } from './forward-auth-rule.js';
import type { ForwardAuthProxy } from './original-request.js';

/** How a proxy asks about requests to other services. */
export interface ForwardAuthOptions {
  readonly proxy: ForwardAuthProxy;
  /** The first that is for a request counts; a request that none is for is refused. */
  readonly rules: readonly ForwardAuthRule[];
  /** Address at which clients reach the services, without path: for proofs of possession. The identifier's when left out. */
  readonly origin?: string;
}

/** Injection token of {@link ForwardAuthOptions}. */
export const FORWARD_AUTH_OPTIONS = Symbol('FORWARD_AUTH_OPTIONS');
