import { Injectable, Logger } from '@nestjs/common';

import { SessionTokens } from '../auth/index.js';
import { type Reason, reasonOf, wantedClaims } from './access-state.js';
import { firstEventData } from './first-event.js';
import { type Ending, logEnding, type Unread } from './flow-ending.js';
import type { Asker } from './person.js';
import {
  type Answered,
  type Authorization,
  type AuthorizationProcess,
  type RequestingParty,
  type Resumed,
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
  /** How it ended, with what is needed to go on. It may hold a permission ticket: no part of it is shown. */
  readonly ending: Ending;
}

/** How long a flow may take with everything in it, in milliseconds. */
const PATIENCE_MS = 20_000;

/** Reads what is shared with somebody, finishing the UMA flow on the way. */
@Injectable()
export class SharedResources {
  private readonly logger = new Logger(SharedResources.name);

  constructor(
    private readonly umaClient: UmaClient,
    private readonly tokens: SessionTokens,
  ) {}

  /**
   * Reads JSON. Whatever the servers do is a reading, never an exception.
   *
   * @param resource URL of the resource that `url` is a part of; `url` itself when left out
   */
  async read(asker: Asker, url: string, resource = url): Promise<Reading> {
    return this.readAs('application/json', wholeText, asker, url, resource);
  }

  /** The same for the first event of a stream, whose data is JSON; the rest of the stream is not waited for. */
  async readBeginning(asker: Asker, url: string, resource: string): Promise<Reading> {
    return this.readAs('text/event-stream', firstData, asker, url, resource);
  }

  private async readAs(
    mediaType: string,
    textOf: TextOf,
    asker: Asker,
    url: string,
    resource: string,
  ): Promise<Reading> {
    const answer = await this.ask(asker, url, resource, mediaType);
    if (answer.kind !== 'answered') return this.refuse(url, answer);
    if (answer.response.ok) {
      const reading = await granted(answer, textOf);
      return 'kind' in reading ? this.refuse(url, reading) : reading;
    }
    await answer.response.body?.cancel();
    return this.refuse(url, answer);
  }

  /** Goes on with an authorization process for a resource: its ticket is used up, whatever comes of it. */
  async resume(asker: Asker, resource: string, process: AuthorizationProcess): Promise<Resumed> {
    const request = { resourcePath: pathOf(resource) };
    const resumed = await this.umaClient.resume(resource, this.requestingParty(asker), process, request);
    // An owner may take a day, and is asked for the answer all the while.
    if (resumed.kind !== 'granted' && resumed.kind !== 'submitted') logEnding(this.logger, resource, resumed);
    return resumed;
  }

  /** Gives the reason why there is nothing to see, and tells the operator more of it. */
  refuse(url: string, ending: Ending): NotGranted {
    logEnding(this.logger, url, ending);
    return { state: reasonOf(ending), wanted: wantedClaims(ending), ending };
  }

  private async ask(asker: Asker, url: string, resource: string, accept: string): Promise<UmaAnswer | Unread> {
    const signal = AbortSignal.timeout(PATIENCE_MS);
    const request = { headers: { accept }, resourcePath: pathOf(resource), signal };
    try {
      return await this.umaClient.read(url, this.requestingParty(asker), request);
    } catch (error) {
      if (signal.aborted) return { kind: 'too-slow' };
      throw error;
    }
  }

  // The ID token is fetched only when an authorization server asks for it.
  private requestingParty({ id, person }: Asker): RequestingParty {
    return { ...person, idToken: () => this.tokens.idToken({ id }) };
  }
}

/** A resource whose address ends in a slash is the same without. */
const pathOf = (resource: string): string => new URL(resource).pathname.replace(/(?<=.)\/$/, '');

type TextOf = (response: Answered['response']) => Promise<string>;

const wholeText: TextOf = (response) => response.text();
const firstData: TextOf = async (response) => (await firstEventData(response)) ?? '';

async function granted({ response, authorization }: Answered, textOf: TextOf): Promise<Granted | Unread> {
  const text = await textOf(response).catch(() => undefined);
  if (text === undefined) return { kind: 'broken-off' };
  try {
    const body: unknown = text === '' ? undefined : JSON.parse(text);
    return { state: 'granted', body, ...(authorization !== undefined && { authorization }) };
  } catch {
    return { kind: 'not-json' };
  }
}
