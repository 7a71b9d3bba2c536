import { type UmaChallenge, umaChallengeOf } from '../uma/protocol/challenge.js';
import { AS_UNREACHABLE_WARNING } from '../uma/protocol/constants.js';

type Members = Readonly<Record<string, unknown>>;

/**
 * Where a refused call is sent, and with which permission ticket.
 *
 * @param refusal a response as `fetch`, undici, Fastify's `inject`, supertest or Node's `http` give it; or what a socket
 * got: the message of `exception`, or the error of `connect_error`
 * @returns `undefined` when it holds no challenge of UMA with a ticket
 */
export function umaChallengeIn(refusal: unknown): UmaChallenge | undefined {
  if (statusIn(refusal) !== 401) return undefined;
  return umaChallengeOf(headersIn(refusal, 'www-authenticate'), socketMessageIn(refusal));
}

/** Whether a call was refused because the authorization server cannot be asked. @see UMA 2.0 Grant section 3.2.2 */
export function isAuthorizationServerUnreachable(refusal: unknown): boolean {
  if (statusIn(refusal) !== 403 || headersIn(refusal, 'www-authenticate').length > 0) return false;
  return (
    headersIn(refusal, 'warning').includes(AS_UNREACHABLE_WARNING) ||
    socketMessageIn(refusal)?.['error'] === 'temporarily_unavailable'
  );
}

/** Status of a response, or what it would have been for a socket. */
export function statusIn(refusal: unknown): number | undefined {
  const { status, statusCode } = socketMessageIn(refusal) ?? membersOf(refusal);
  return [status, statusCode].find((code) => typeof code === 'number');
}

/** Every value of a header of a response; none for a socket. */
export function headersIn(refusal: unknown, name: string): readonly string[] {
  const { headers } = membersOf(refusal);
  const value = isHeaders(headers) ? headers.get(name) : membersOf(headers)[name];
  return [value].flat().filter((line) => typeof line === 'string');
}

/** A socket gets one object, as it is or as the `data` of an error; what has headers came over HTTP. */
function socketMessageIn(refusal: unknown): Members | undefined {
  const members = membersOf(refusal);
  return 'headers' in members ? undefined : membersOf(members['data'] ?? members);
}

const membersOf = (value: unknown): Members => Object(value) as Members;

const isHeaders = (value: unknown): value is Headers => typeof membersOf(value)['get'] === 'function';
