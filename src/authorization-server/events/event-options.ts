import type { Secret } from '../../common/secret.js';

/** Settings of the event transmitter. */
export abstract class EventOptions {
  /** Identifier of this authorization server, an absolute URL without trailing slash. */
  abstract readonly issuer: string;
  /** Seals what receivers want to be shown. */
  abstract readonly secretKey: Secret;
}
