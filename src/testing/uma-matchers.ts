import type { UmaChallenge } from '../uma/protocol/challenge.js';
import { headersIn, isAuthorizationServerUnreachable, statusIn, umaChallengeIn } from './refused.js';

/** What a challenge has to say; any ticket will do when none is named. */
export type ExpectedChallenge = Pick<UmaChallenge, 'asUri'> & Partial<UmaChallenge>;

/** How a matcher of Jest or Vitest answers. */
interface Outcome {
  readonly pass: boolean;
  readonly message: () => string;
}

/** The matchers as `expect(…)` has them, for the types of Jest or Vitest. */
export interface UmaMatchers<Result = void> {
  /** The call was refused with a permission ticket for this authorization server. @see UMA 2.0 Grant section 3.2.1 */
  toBeUmaChallenge(expected: ExpectedChallenge): Result;
  /** The call was refused because no ticket can be had now. @see UMA 2.0 Grant section 3.2.2 */
  toBeAuthorizationServerUnreachable(): Result;
}

/** For `expect.extend(umaMatchers)` of Jest or Vitest; they look at whatever {@link umaChallengeIn} takes. */
export const umaMatchers = {
  toBeUmaChallenge(refusal: unknown, { asUri, ticket }: ExpectedChallenge): Outcome {
    const found = umaChallengeIn(refusal);
    const pass = found?.asUri === asUri && (ticket === undefined || found.ticket === ticket);
    return outcome(pass, refusal, `a challenge for ${asUri} with ${ticket ?? 'a ticket'}`);
  },

  toBeAuthorizationServerUnreachable(refusal: unknown): Outcome {
    const pass = isAuthorizationServerUnreachable(refusal);
    return outcome(pass, refusal, 'the news that the authorization server cannot be asked');
  },
};

function outcome(pass: boolean, refusal: unknown, wanted: string): Outcome {
  return {
    pass,
    message: () => `expected ${pass ? 'anything but ' : ''}${wanted}, and got ${describe(refusal)}`,
  };
}

function describe(refusal: unknown): string {
  const { asUri, ticket } = umaChallengeIn(refusal) ?? {};
  if (asUri !== undefined) return `a challenge for ${asUri} with ${ticket ?? ''}`;
  const lines = headersIn(refusal, 'www-authenticate').map((line) => `, ${line}`);
  return `status ${statusIn(refusal) ?? 'unknown'}${lines.join('')}`;
}
