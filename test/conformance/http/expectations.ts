import { check, Failed } from '../suite/conformance-case.js';
import { type Answer, has, inWords, member } from './answer.js';
import { type Challenge, challengesOf, ChallengeSyntaxError } from './challenges.js';

/** A success of the token endpoint. */
export interface Granted {
  readonly rpt: string;
  readonly pct?: string;
  readonly refreshToken?: string;
  readonly upgraded: unknown;
}

/** The answer has one of some statuses. @param after what was done, as a clause */
export function expectStatus(answer: Answer, after: string, ...statuses: readonly number[]): void {
  check(
    statuses.includes(answer.status),
    `After ${after} came ${inWords(answer)} instead of ${statuses.join(' or ')}.`,
  );
}

/** The answer is an error of the token endpoint that ends the process: no ticket, no token. */
export function expectError(answer: Answer, after: string, status: number, ...codes: readonly string[]): void {
  const error = member(answer, 'error');
  const right = answer.status === status && typeof error === 'string' && codes.includes(error);
  check(right, `After ${after} came ${inWords(answer)} instead of ${status} ${codes.join(' or ')}.`);
  check(!has(answer, 'ticket'), `The ${codes.join('/')} after ${after} carries a ticket.`);
  check(!has(answer, 'access_token'), `The ${codes.join('/')} after ${after} carries a token.`);
}

/** @see UMA 2.0 Grant section 3.3.5 */
export function expectGranted(answer: Answer, after: string): Granted {
  check(answer.status === 200, `After ${after} came ${inWords(answer)} instead of 200.`);
  const rpt = member(answer, 'access_token');
  check(typeof rpt === 'string' && rpt !== '', `The success after ${after} has no access_token.`);
  const tokenType = member(answer, 'token_type');
  check(typeof tokenType === 'string' && tokenType !== '', `The success after ${after} has no token_type.`);
  const [pct, refreshToken] = [member(answer, 'pct'), member(answer, 'refresh_token')];
  return {
    rpt,
    ...(typeof pct === 'string' && { pct }),
    ...(typeof refreshToken === 'string' && { refreshToken }),
    upgraded: member(answer, 'upgraded'),
  };
}

/** @returns the next ticket. @see UMA 2.0 Grant section 3.3.6 */
export function expectNextTicket(answer: Answer, after: string, error: string, sent: string): string {
  check(
    answer.status === 403 && member(answer, 'error') === error,
    `After ${after} came ${inWords(answer)} instead of 403 ${error}.`,
  );
  const ticket = member(answer, 'ticket');
  check(typeof ticket === 'string' && ticket !== '', `The ${error} after ${after} carries no ticket.`);
  check(ticket !== sent, `The ${error} after ${after} repeats the ticket that was sent.`);
  return ticket;
}

/** @returns the next ticket */
export function expectNeedInfo(answer: Answer, after: string, sent: string): string {
  const ticket = expectNextTicket(answer, after, 'need_info', sent);
  const told = has(answer, 'required_claims') || has(answer, 'redirect_user');
  check(told, `The need_info after ${after} has neither required_claims nor redirect_user.`);
  return ticket;
}

/** The only challenge of a scheme in an answer. */
export function expectChallenge({ headers }: Answer, after: string, scheme: string): Challenge {
  try {
    const [challenge, ...more] = challengesOf(headers['www-authenticate'] ?? [], scheme);
    check(challenge !== undefined, `After ${after} there is no ${scheme} challenge.`);
    check(more.length === 0, `After ${after} there are several ${scheme} challenges.`);
    return challenge;
  } catch (error) {
    if (!(error instanceof ChallengeSyntaxError)) throw error;
    throw new Failed(`WWW-Authenticate after ${after} cannot be read: ${error.message}`);
  }
}
