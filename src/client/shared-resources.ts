import { Injectable } from '@nestjs/common';

import { type LoginSession, SessionTokens } from '../auth/index.js';
import { type Reason, reasonOf, wantedClaims } from './access-state.js';
import { type Answered, type Authorization, type RequestingParty, UmaClient } from './uma-client/index.js';

/** What came of reading a protected resource. */
export type Reading = Granted | NotGranted;

/** The resource was read. */
export interface Granted {
  readonly state: 'granted';
  /** The JSON of the answer; `undefined` when the answer was empty. */
  readonly body: unknown;
  /** What the access rested on; absent when the resource server asked for no token. */
  readonly authorization?: Authorization;
}

/** The resource was not read, for this reason. */
export interface NotGranted {
  readonly state: Reason;
  /** What the authorization server wants to know about the person. */
  readonly wanted: readonly string[];
}

/** How long a flow may take with everything in it, in milliseconds. */
const PATIENCE_MS = 20_000;

/** Reads what is shared with somebody who is signed in, finishing the UMA flow on the way. */
@Injectable()
export class SharedResources {
  constructor(
    private readonly umaClient: UmaClient,
    private readonly tokens: SessionTokens,
  ) {}

  /** Reads JSON. Whatever the servers do is a reading, never an exception. */
  async read(session: LoginSession, url: string): Promise<Reading> {
    const signal = AbortSignal.timeout(PATIENCE_MS);
    try {
      const answer = await this.umaClient.read(url, this.requestingParty(session), {
        headers: { accept: 'application/json' },
        signal,
      });
      if (answer.kind === 'answered' && answer.response.ok) return await granted(answer);
      if (answer.kind === 'answered') await answer.response.body?.cancel();
      return { state: reasonOf(answer), wanted: wantedClaims(answer) };
    } catch (error) {
      if (signal.aborted) return { state: 'resource-server-unreachable', wanted: [] };
      throw error;
    }
  }

  // The ID token is fetched only when an authorization server asks for it.
  private requestingParty(session: LoginSession): RequestingParty {
    return { ...session.person, idToken: () => this.tokens.idToken(session) };
  }
}

async function granted({ response, authorization }: Answered): Promise<Reading> {
  const text = await response.text().catch(() => undefined);
  if (text === undefined) return { state: 'resource-server-unreachable', wanted: [] };
  try {
    const body: unknown = text === '' ? undefined : JSON.parse(text);
    return { state: 'granted', body, ...(authorization !== undefined && { authorization }) };
  } catch {
    return { state: 'failed', wanted: [] };
  }
}
