import { Injectable } from '@nestjs/common';

import { type Account, Accounts } from './accounts.js';
import { MAX_TRIES, PAUSE_MS, SignInAttempts } from './sign-in-attempts.js';

/** How an attempt to sign in ended. */
export type SignInOutcome =
  | { readonly kind: 'signed-in'; readonly account: Account }
  | { readonly kind: 'wrong'; readonly tries: number }
  /** Told only to who knows the password. */
  | { readonly kind: 'suspended' }
  | { readonly kind: 'pause'; readonly seconds: number };

/** Signs a person in by user name and password, within the limits of {@link SignInAttempts}. */
@Injectable()
export class SignIn {
  constructor(
    private readonly accounts: Accounts,
    private readonly attempts: SignInAttempts,
  ) {}

  /** @param address where the request came from; a limit holds for a user name and an address together */
  async attempt(username: string, password: string, address: string): Promise<SignInOutcome> {
    const attempt = await this.attempts.begin(username, address);
    if (!attempt.allowed) return pauseOf(attempt.pauseMs);
    const account = await this.accounts.authenticate(username, password);
    if (account === undefined) {
      return attempt.tries === MAX_TRIES ? pauseOf(PAUSE_MS) : { kind: 'wrong', tries: attempt.tries };
    }
    await this.attempts.succeed(username, address);
    if (account.suspended) return { kind: 'suspended' };
    return { kind: 'signed-in', account };
  }
}

function pauseOf(milliseconds: number): SignInOutcome {
  return { kind: 'pause', seconds: Math.ceil(milliseconds / 1000) };
}
