import { performance } from 'node:perf_hooks';

import { Client } from 'undici';

import { type Operation, type Step, type Template, template, type Values } from './operation.js';

/** What one connection did. */
export interface Done {
  /** How long each operation that succeeded took, in milliseconds. */
  readonly latenciesMs: readonly number[];
  readonly failures: number;
  /** The first thing that went wrong. */
  readonly failure: string | undefined;
}

/** A step, ready to be sent again and again. */
interface ReadyStep extends Omit<Step, 'headers' | 'body'> {
  readonly fillPath: Template;
  readonly fillHeaders: (values: Values) => Values;
  readonly fillBody: Template | undefined;
}

/** One connection to a server: one request at a time, no pipelining. */
export class Lane {
  private readonly client: Client;
  private readonly steps: readonly ReadyStep[];
  private readonly rows: Values[];
  private next = 0;

  constructor({ origin, steps, rows }: Operation) {
    this.client = new Client(origin, { pipelining: 1 });
    this.steps = steps.map(ready);
    this.rows = [...rows];
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
    for (const step of this.steps) {
      const answer = await this.send(step, values).catch((error: unknown) => String(error));
      if (typeof answer === 'string') return answer;
      if (answer !== undefined) values = { ...values, ...answer };
    }
    this.rows[index] = values;
    return undefined;
  }

  /** @returns what is kept of the answer, or in words why there is none */
  private async send(step: ReadyStep, values: Values): Promise<Values | string | undefined> {
    const { method, path, status, expect, keep = [] } = step;
    const { statusCode, body } = await this.client.request({
      method,
      path: step.fillPath(values),
      headers: step.fillHeaders(values),
      body: step.fillBody?.(values) ?? null,
    });
    const text = await body.text();
    if (statusCode !== status) return `${method} ${path} answered ${statusCode}${errorIn(text)}`;
    if (expect !== undefined && !text.includes(expect)) return `${method} ${path} answered without ${expect}`;
    return keep.length === 0 ? undefined : kept(text, keep);
  }
}

function ready({ headers = {}, body, ...step }: Step): ReadyStep {
  return {
    ...step,
    fillPath: template(step.path),
    fillHeaders: headerTemplate(headers),
    fillBody: body === undefined ? undefined : template(body),
  };
}

function headerTemplate(headers: Values): (values: Values) => Values {
  const fills = Object.entries(headers).map(([name, text]) => [name, template(text)] as const);
  return (values) => Object.fromEntries(fills.map(([name, fill]) => [name, fill(values)]));
}

/** Members of an answer, encoded for a form. */
function kept(text: string, names: readonly string[]): Values {
  const members = JSON.parse(text) as Values;
  return Object.fromEntries(names.map((name) => [name, encodeURIComponent(String(members[name]))]));
}

/** The standard's error code alone: the rest of an answer may hold secrets. */
function errorIn(text: string): string {
  const code = /"error" ?: ?"(\w+)"/.exec(text)?.[1];
  return code === undefined ? '' : ` (${code})`;
}
