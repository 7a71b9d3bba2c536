import { SecurityEventError } from './security-event-error.js';
import { SESSION_REVOKED, STREAM_UPDATED, TOKEN_CLAIMS_CHANGE, VERIFICATION } from './shared-signals.js';
import { isJsonObject, isStringArray } from './strict-json.js';

type JsonObject = Readonly<Record<string, unknown>>;

/** What a security event means to whoever relies on tokens. */
export type SecurityEventMeaning =
  /** The stream works. */
  | { readonly kind: 'verification' }
  /** The transmitter sends nothing more for now, or again. */
  | { readonly kind: 'stream-updated' }
  /** What is known of a token holds no more; of every token of the transmitter when `tokenId` is `undefined`. */
  | { readonly kind: 'ended' | 'changed'; readonly tokenId: string | undefined };

/** The claims of a security event token (SET) that matter to a receiver. */
export interface SecurityEvent {
  /** The same however often the event is sent. */
  readonly id: string;
  readonly issuer: string;
  readonly audience: readonly string[];
  /** `iat`, seconds since the Unix epoch. */
  readonly issuedAt: number;
  readonly meaning: SecurityEventMeaning;
}

/**
 * Reads the claims of a SET of the Shared Signals Framework. An event of a type that nobody here knows ends the token it
 * is about, and every token when it is not about one: something happened, and what was known before may not hold.
 *
 * @throws SecurityEventError `invalid_request` when they are not such claims
 * @see RFC 8417 section 2.2, SSF 1.0 section 4.1
 */
export function parseSecurityEvent(claims: unknown): SecurityEvent {
  if (!isJsonObject(claims)) throw refused('The claims are not an object.');
  // What has one of these could be a token of another kind: SSF 1.0 section 4.1.3.
  if ('exp' in claims || 'sub' in claims) throw refused('A security event token has neither exp nor sub.');
  const { jti, iss, iat, sub_id: subject } = claims;
  if (!isText(jti) || !isText(iss)) throw refused('The claims jti and iss are required.');
  if (typeof iat !== 'number' || !Number.isFinite(iat)) throw refused('The claim iat is required.');
  if (!isSubject(subject)) throw refused('The claim sub_id is required.');
  const audience = audienceOf(claims['aud']);
  return { id: jti, issuer: iss, audience, issuedAt: iat, meaning: meaningOf(typesOf(claims['events']), subject, iss) };
}

function audienceOf(aud: unknown): readonly string[] {
  const audience = typeof aud === 'string' ? [aud] : aud;
  if (!isStringArray(audience) || audience.length === 0) throw refused('The claim aud is required.');
  return audience;
}

/** The types of the events: several name one and the same event. @see SSF 1.0 section 4.2.1 */
function typesOf(events: unknown): readonly string[] {
  if (!isJsonObject(events)) throw refused('The claim events is required.');
  const types = Object.keys(events);
  if (types.length === 0 || !Object.values(events).every(isJsonObject)) {
    throw refused('The claim events has to hold an event.');
  }
  return types;
}

function meaningOf(types: readonly string[], subject: Subject, issuer: string): SecurityEventMeaning {
  const isOnly = (type: string): boolean => types.every((one) => one === type);
  if (isOnly(VERIFICATION)) {
    if (subject.format !== 'opaque' || !isText(subject['id'])) throw refused('A verification is about a stream.');
    return { kind: 'verification' };
  }
  if (isOnly(STREAM_UPDATED)) return { kind: 'stream-updated' };
  const isAboutToken = types.every((type) => type === SESSION_REVOKED || type === TOKEN_CLAIMS_CHANGE);
  const tokenId = tokenOf(subject, issuer, isAboutToken);
  return { kind: isOnly(TOKEN_CLAIMS_CHANGE) ? 'changed' : 'ended', tokenId };
}

type Subject = JsonObject & { readonly format: string };

/**
 * The id of the token that a subject names.
 *
 * @param opaque whether an opaque identifier can only be that of a token
 * @see SSF 1.0 section 3.5.1 (`jwt_id`), RFC 9493 section 3.2.4 (`opaque`)
 */
function tokenOf(subject: Subject, issuer: string, opaque: boolean): string | undefined {
  const { format, id, iss, jti, session } = subject;
  if (format === 'opaque') return opaque && isText(id) ? id : undefined;
  if (format === 'jwt_id') return iss === issuer && isText(jti) ? jti : undefined;
  if (format !== 'complex' || !isSubject(session) || session.format === 'complex') return undefined;
  return tokenOf(session, issuer, true);
}

function isSubject(value: unknown): value is Subject {
  return isJsonObject(value) && typeof value['format'] === 'string';
}

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';

const refused = (description: string): SecurityEventError => new SecurityEventError('invalid_request', description);
