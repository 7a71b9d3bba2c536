import { type Answer, inWords, member } from '../http/answer.js';
import { exchange, type Method } from '../http/exchange.js';
import { Failed, Skipped } from '../suite/conformance-case.js';
import type { Owner } from './driver.js';

/** The owner API of Pulsegate's authorization server, as an application uses it (docs/routes.md, scope `sharing`). */
export class OwnerApi {
  constructor(
    private readonly issuer: string,
    private readonly tokens: Readonly<Record<Owner, string>>,
  ) {}

  /**
   * @throws Skipped when this server has no such route
   * @throws Failed when it refuses
   */
  async call(owner: Owner, method: Method, path: string, json?: unknown): Promise<Answer> {
    const answer = await this.tryCall(owner, method, path, json);
    if (answer.status < 300) return answer;
    if (answer.status === 404 && method !== 'DELETE') throw new Skipped(`This server has no ${method} ${path}.`);
    throw new Failed(`The policy could not be set: ${method} ${path} answered ${inWords(answer)}.`);
  }

  tryCall(owner: Owner, method: Method, path: string, json?: unknown): Promise<Answer> {
    const call = { bearer: this.tokens[owner], ...(json !== undefined && { json }) };
    return exchange(method, `${this.issuer}${path}`, call);
  }

  /** A member of an answer that has to be there. */
  async id(answer: Promise<Answer>): Promise<string> {
    return String(member(await answer, 'id'));
  }
}
