import { fetch } from 'undici';

import { boundedText } from '../../../common/bounded-text.js';
import type { Clock } from '../../../common/clock.js';
import type { Secret } from '../../../common/secret.js';
import { isSecureUrl } from '../../../uma/protocol/discovery.js';
import { isJsonObject } from '../../../uma/protocol/strict-json.js';
import type { ExternalDecisionPointOptions } from '../policy-options.js';
import { decisionsIn } from './authzen-answer.js';
import type { AccessEvaluation } from './authzen-request.js';

const TIME_LIMIT_MS = 3_000;
const ENDPOINTS_LAST_MS = 3_600_000;
const MAX_ANSWER_BYTES = 1_000_000;
/** Answers of a server that does not have an endpoint. */
const NOT_THERE: ReadonlySet<number> = new Set([404, 405, 501]);

interface Endpoints {
  /** Takes many questions at once; not every decision point has it. */
  readonly evaluations: string | undefined;
  readonly evaluation: string;
}

/**
 * Asks an external decision point over HTTPS.
 *
 * @see AuthZEN Authorization API 1.0 sections 6, 7, 9 and 10
 */
export class AuthZenClient {
  private readonly timeLimitMs: number;
  private known: { readonly endpoints: Endpoints; readonly untilMs: number } | undefined;

  constructor(
    private readonly options: ExternalDecisionPointOptions,
    private readonly clock: Clock,
  ) {
    this.timeLimitMs = options.timeLimitMs ?? TIME_LIMIT_MS;
  }

  /**
   * Puts questions all at once, or one by one to a decision point that cannot take several.
   *
   * @returns what it said to each, in their order and as it said it; `undefined` where it said nothing
   * @throws Error when it cannot be reached, does not answer in time, or not with JSON
   */
  async ask(evaluations: readonly AccessEvaluation[]): Promise<readonly unknown[]> {
    const deadline = AbortSignal.timeout(this.timeLimitMs);
    const { evaluations: several, evaluation: single } = await this.endpoints(deadline);
    const answer = several === undefined ? undefined : await this.post(several, { evaluations }, deadline);
    if (answer !== undefined) return decisionsIn(answer, evaluations.length);
    return Promise.all(evaluations.map((evaluation) => this.post(single, evaluation, deadline)));
  }

  private async endpoints(deadline: AbortSignal): Promise<Endpoints> {
    const now = this.clock.nowMs();
    if (this.known !== undefined && now < this.known.untilMs) return this.known.endpoints;
    const endpoints = await this.discover(deadline);
    this.known = { endpoints, untilMs: now + ENDPOINTS_LAST_MS };
    return endpoints;
  }

  /** A decision point that publishes no metadata has its endpoints where the standard has them. */
  private async discover(deadline: AbortSignal): Promise<Endpoints> {
    const { url } = this.options;
    const { origin, pathname } = new URL(url);
    const path = pathname === '/' ? '' : pathname;
    const address = `${origin}/.well-known/authzen-configuration${path}`;
    const response = await fetch(address, { ...sending(deadline), headers: { accept: 'application/json' } });
    if (NOT_THERE.has(response.status)) {
      await response.body?.cancel();
      return { evaluations: `${url}/access/v1/evaluations`, evaluation: `${url}/access/v1/evaluation` };
    }
    return endpointsIn(await jsonOf(response), url);
  }

  /** @returns `undefined` when there is no such endpoint */
  private async post(address: string, body: unknown, deadline: AbortSignal): Promise<unknown> {
    const response = await fetch(address, {
      ...sending(deadline),
      method: 'POST',
      headers: { accept: 'application/json', 'content-type': 'application/json', ...bearer(this.options.token) },
      body: JSON.stringify(body),
    });
    if (!NOT_THERE.has(response.status)) return jsonOf(response);
    await response.body?.cancel();
    return undefined;
  }
}

function sending(signal: AbortSignal): { redirect: 'error'; signal: AbortSignal } {
  return { redirect: 'error', signal };
}

function bearer(token: Secret | undefined): Readonly<Record<string, string>> {
  return token === undefined ? {} : { authorization: `Bearer ${token.reveal()}` };
}

async function jsonOf(response: Awaited<ReturnType<typeof fetch>>): Promise<unknown> {
  if (!response.ok) {
    await response.body?.cancel();
    throw new Error(`The decision point answered ${response.status}.`);
  }
  return JSON.parse(await boundedText(response.body, MAX_ANSWER_BYTES));
}

/** @see AuthZEN Authorization API 1.0 section 9.2.3 (the identifier is the one that was asked for) */
function endpointsIn(metadata: unknown, url: string): Endpoints {
  if (!isJsonObject(metadata) || String(metadata['policy_decision_point']).replace(/\/$/, '') !== url) {
    throw new Error('The metadata are of another decision point.');
  }
  const { access_evaluations_endpoint: several, access_evaluation_endpoint: single } = metadata;
  if (!isAddress(single) || (several !== undefined && !isAddress(several))) {
    throw new Error('The decision point names no usable endpoint.');
  }
  return { evaluations: several, evaluation: single };
}

function isAddress(value: unknown): value is string {
  return typeof value === 'string' && isSecureUrl(value);
}
