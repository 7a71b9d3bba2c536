import { Injectable, Logger } from '@nestjs/common';

import { type LoginSession, SessionTokens } from '../auth/index.js';
import { type Reason, reasonOf, wantedClaims } from './access-state.js';
import { type Ending, logEnding, type Unread } from './flow-ending.js';
import {
  type Answered,
  type Authorization,
  type RequestingParty,
  type UmaAnswer,
  UmaClient,
} from './uma-client/index.js';

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
  private readonly logger = new Logger(SharedResources.name);

  constructor(
    private readonly umaClient: UmaClient,
    private readonly tokens: SessionTokens,
  ) {}

  /** Reads JSON. Whatever the servers do is a reading, never an exception. */
  async read(session: LoginSession, url: string): Promise<Reading> {
    const answer = await this.ask(session, url);
    if (answer.kind !== 'answered') return this.refuse(url, answer);
    if (answer.response.ok) {
      const reading = await granted(answer);
      return 'kind' in reading ? this.refuse(url, reading) : reading;
    }
    await answer.response.body?.cancel();
    return this.refuse(url, answer);
  }

  /** Gives the reason why there is nothing to see, and tells the operator more of it. */
  refuse(url: string, ending: Ending): NotGranted {
    logEnding(this.logger, url, ending);
    return { state: reasonOf(ending), wanted: wantedClaims(ending) };
  }

  private async ask(session: LoginSession, url: string): Promise<UmaAnswer | Unread> {
    const signal = AbortSignal.timeout(PATIENCE_MS);
    const headers = { accept: 'application/json' };
    try {
      return await this.umaClient.read(url, this.requestingParty(session), { headers, signal });
    } catch (error) {
      if (signal.aborted) return { kind: 'too-slow' };
      throw error;
    }
  }

  // The ID token is fetched only when an authorization server asks for it.
  private requestingParty(session: LoginSession): RequestingParty {
    return { ...session.person, idToken: () => this.tokens.idToken(session) };
  }
}

async function granted({ response, authorization }: Answered): Promise<Granted | Unread> {
  const text = await response.text().catch(() => undefined);
  if (text === undefined) return { kind: 'broken-off' };
  try {
    const body: unknown = text === '' ? undefined : JSON.parse(text);
    return { state: 'granted', body, ...(authorization !== undefined && { authorization }) };
  } catch {
    return { kind: 'not-json' };
  }
}
