import { Injectable } from '@nestjs/common';

import { type AccessState, stateOf, wantedClaims } from './access-state.js';
import { type RequestingParty, UmaClient } from './uma-client/index.js';

/** One heart rate as a resource server sends it. */
export interface HeartRateSample {
  /** Beats per minute. */
  readonly heartRate: number;
  /** RFC 3339 with zone. */
  readonly recordedAt: string;
}

/** What came of a look at a shared heart. */
export interface Look {
  readonly state: AccessState;
  readonly wanted?: readonly string[];
  readonly samples: readonly HeartRateSample[];
}

/** The most pages of a history that are fetched: 15 minutes at 1 Hz are one. */
const MOST_PAGES = 10;

/** Looks at a heart rate that somebody shares, finishing the UMA flow on the way. */
@Injectable()
export class SharedHeartRate {
  constructor(private readonly umaClient: UmaClient) {}

  /** The newest sample; none while the sensor has not sent. */
  async latest(resource: string, requestingParty: RequestingParty): Promise<Look> {
    const url = new URL(resource);
    url.pathname = `${url.pathname.replace(/\/$/, '')}/latest`;
    const { look, body } = await this.read(url, requestingParty);
    return look ?? { state: 'granted', samples: isSample(body) ? [body] : [] };
  }

  /** All samples since a time. @param from RFC 3339 */
  async since(resource: string, from: string, requestingParty: RequestingParty): Promise<Look> {
    const samples: HeartRateSample[] = [];
    let cursor: string | undefined;
    for (let page = 0; page < MOST_PAGES; page++) {
      const url = new URL(resource);
      url.searchParams.set('from', from);
      url.searchParams.set('limit', '1000');
      if (cursor !== undefined) url.searchParams.set('cursor', cursor);
      const { look, body } = await this.read(url, requestingParty);
      if (look !== undefined) return look;
      samples.push(...samplesOf(body));
      cursor = nextOf(body);
      if (cursor === undefined) break;
    }
    return { state: 'granted', samples };
  }

  /** Whether there is access at all, without any sample. */
  async ask(resource: string, requestingParty: RequestingParty): Promise<Look> {
    const { state, wanted } = await this.latest(resource, requestingParty);
    return { state, samples: [], ...(wanted === undefined ? {} : { wanted }) };
  }

  private async read(
    url: URL,
    requestingParty: RequestingParty,
  ): Promise<{ readonly look?: Look; readonly body?: unknown }> {
    const answer = await this.umaClient.read(url.href, requestingParty, { headers: { accept: 'application/json' } });
    const state = stateOf(answer);
    if (answer.kind === 'answered' && state === 'granted') {
      return { body: answer.response.status === 204 ? undefined : await answer.response.json() };
    }
    if (answer.kind === 'answered') await answer.response.body?.cancel();
    return { look: { state, wanted: wantedClaims(answer), samples: [] } };
  }
}

function isSample(value: unknown): value is HeartRateSample {
  if (typeof value !== 'object' || value === null || !('heartRate' in value) || !('recordedAt' in value)) return false;
  return typeof value.heartRate === 'number' && typeof value.recordedAt === 'string';
}

function samplesOf(body: unknown): readonly HeartRateSample[] {
  if (typeof body !== 'object' || body === null || !('samples' in body) || !Array.isArray(body.samples)) return [];
  return body.samples.filter(isSample).map(({ heartRate, recordedAt }) => ({ heartRate, recordedAt }));
}

function nextOf(body: unknown): string | undefined {
  if (typeof body !== 'object' || body === null || !('next' in body)) return undefined;
  return typeof body.next === 'string' ? body.next : undefined;
}
