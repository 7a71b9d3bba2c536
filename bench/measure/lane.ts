import { performance } from 'node:perf_hooks';

import { Client } from 'undici';

import { filledIn, type Operation, type Step, type Values } from './operation.js';

/** What one connection did. */
export interface Done {
  /** How long each operation that succeeded took, in milliseconds. */
  readonly latenciesMs: readonly number[];
  readonly failures: number;
  /** The first thing that went wrong. */
  readonly failure: string | undefined;
}

/** One connection to a server: one request at a time, no pipelining. */
export class Lane {
  private readonly client: Client;
  private readonly rows: Values[];
  private next = 0;

  constructor(private readonly operation: Operation) {
    this.client = new Client(operation.origin, { pipelining: 1 });
    this.rows = [...operation.rows];
  }

  /** Does the operation, again and again. @param until when it is not begun again, by `performance.now()` */
  async run(until: number): Promise<Done> {
    const latenciesMs: number[] = [];
    let [failures, failure]: [number, string | undefined] = [0, undefined];
    do {
      const begin = performance.now();
      const problem = await this.once();
      if (problem === undefined) latenciesMs.push(performance.now() - begin);
      else failures += 1;
      failure ??= problem;
    } while (performance.now() < until);
    return { latenciesMs, failures, failure };
  }

  /** @returns what went wrong */
  private async once(): Promise<string | undefined> {
    const index = this.next++ % this.rows.length;
    let values = this.rows[index] ?? {};
    for (const step of this.operation.steps) {
      const answer = await this.send(step, values).catch((error: unknown) => String(error));
      if (typeof answer === 'string') return answer;
      values = { ...values, ...answer };
    }
    this.rows[index] = values;
    return undefined;
  }

  /** @returns what is kept of the answer, or in words why there is none */
  private async send(step: Step, values: Values) {
    const { method, path, headers = {}, body, status, expect = '', keep = [] } = step;
    const { statusCode, body: answer } = await this.client.request({
      method,
      path: filledIn(path, values),
      headers: Object.fromEntries(Object.entries(headers).map(([name, text]) => [name, filledIn(text, values)])),
      body: body === undefined ? null : filledIn(body, values),
    });
    const text = await answer.text();
    if (statusCode !== status) return `${method} ${path} answered ${statusCode}${errorIn(text)}`;
    if (!text.includes(expect)) return `${method} ${path} answered without ${expect}`;
    if (keep.length === 0) return {};
    const members = JSON.parse(text) as Values;
    return Object.fromEntries(keep.map((name) => [name, encodeURIComponent(String(members[name]))]));
  }
}

/** The standard's error code alone: the rest of an answer may hold secrets. */
function errorIn(text: string): string {
  const code = /"error" ?: ?"(\w+)"/.exec(text)?.[1];
  return code === undefined ? '' : ` (${code})`;
}
