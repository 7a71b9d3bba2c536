import { Inject, Injectable } from '@nestjs/common';

import { Clock } from '../common/clock.js';
import type { Secret } from '../common/secret.js';
import { AUTH_OPTIONS, type AuthOptions } from './auth.options.js';
import { OpenIdProvider } from './openid-provider.js';
import type { RefreshOutcome } from './token-refresher.js';

/** The authorization servers where people can sign in. */
@Injectable()
export class OpenIdProviders {
  /** Where they go who say nothing else. */
  readonly main: OpenIdProvider;
  /** All of them, in the order of the settings. */
  readonly all: readonly OpenIdProvider[];

  constructor(clock: Clock, @Inject(AUTH_OPTIONS) options: AuthOptions) {
    const [main, ...others] = options.servers;
    this.main = new OpenIdProvider(main, options, clock);
    this.all = [this.main, ...others.map((server) => new OpenIdProvider(server, options, clock))];
  }

  /** @returns `undefined` when nobody can sign in there (any more) */
  find(issuer: string): OpenIdProvider | undefined {
    return this.all.find(({ server }) => server.issuer === issuer);
  }

  /** Spends a refresh token at the server that gave it, as the client it was given to, and nowhere else. */
  async refresh(refreshToken: Secret, issuer: string): Promise<RefreshOutcome> {
    return (await this.find(issuer)?.refresh(refreshToken)) ?? { kind: 'unavailable' };
  }
}
