import { type Answer, header, inWords } from './answer.js';

/** The endpoints of OAuth and UMA whose answers are watched. */
export type Endpoint = 'token' | 'permission' | 'registration' | 'introspection' | 'revocation' | 'client registration';

interface Watched {
  readonly endpoint: Endpoint;
  readonly answer: Answer;
}

/** Remembers every answer of a run, so that what holds for all of them can be checked at its end. */
export class Traffic {
  private readonly watched: Watched[] = [];

  record(endpoint: Endpoint, answer: Answer): void {
    this.watched.push({ endpoint, answer });
  }

  /** How many answers came from endpoints. */
  count(isMeant: (endpoint: Endpoint) => boolean): number {
    return this.watched.filter(({ endpoint }) => isMeant(endpoint)).length;
  }

  /**
   * What is wrong with answers that have a body and are not uncached JSON, each fault once.
   *
   * @see RFC 6749 section 5.1, UMA 2.0 Federated Authorization section 6
   */
  faults(isMeant: (endpoint: Endpoint) => boolean): readonly string[] {
    const found = this.watched
      .filter(({ endpoint, answer }) => isMeant(endpoint) && answer.text !== '')
      .flatMap(({ endpoint, answer }) => faultsOf(answer).map((fault) => `${endpoint} ${inWords(answer)}: ${fault}`));
    return [...new Set(found)].sort();
  }
}

function faultsOf(answer: Answer): readonly string[] {
  const isJson = /^application\/json(?:\s*;|$)/i.test(header(answer, 'content-type'));
  const uncached = (answer.headers['cache-control'] ?? []).some((line) => /(?:^|[\s,])no-store(?:[\s,]|$)/i.test(line));
  return [
    ...(isJson ? [] : ['the Content-Type is not application/json']),
    ...(answer.json === undefined ? ['the body is not JSON'] : []),
    ...(uncached ? [] : ['there is no Cache-Control: no-store']),
  ];
}
