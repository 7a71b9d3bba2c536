import { Injectable } from '@nestjs/common';

import type { LoginSession } from '../auth/index.js';
import type { AccessView, HeartRateSample } from './access-view.js';
import { type Granted, type NotGranted, SharedResources } from './shared-resources.js';

/** What came of a look at a shared heart. */
export type Look = Pick<AccessView, 'state' | 'wanted' | 'samples'>;

/** The most pages of a history that are fetched: 15 minutes at 1 Hz are one. */
const MOST_PAGES = 10;
const PAGE_SIZE = '1000';

/** Looks at a heart rate that somebody shares. */
@Injectable()
export class SharedHeartRate {
  constructor(private readonly resources: SharedResources) {}

  /** The newest sample; none while the sensor has not sent. */
  async latest(session: LoginSession, resource: string): Promise<Look> {
    const url = new URL(resource);
    url.pathname = `${url.pathname.replace(/\/$/, '')}/latest`;
    const reading = await this.resources.read(session, url.href);
    if (reading.state !== 'granted') return withoutAccess(reading);
    const { body } = reading;
    if (body === undefined) return granted([]);
    return isSample(body) ? granted([sampleOf(body)]) : this.unreadable(url.href);
  }

  /** All samples since a time, itself included. @param from RFC 3339 */
  async since(session: LoginSession, resource: string, from: string): Promise<Look> {
    const samples: HeartRateSample[] = [];
    let cursor: string | undefined;
    for (let number = 0; number < MOST_PAGES; number++) {
      const reading = await this.resources.read(session, pageUrl(resource, from, cursor));
      if (reading.state !== 'granted') return withoutAccess(reading);
      const page = pageOf(reading);
      if (page === undefined) return this.unreadable(resource);
      samples.push(...page.samples);
      cursor = page.next;
      if (cursor === undefined) break;
    }
    return granted(samples);
  }

  private unreadable(url: string): Look {
    return withoutAccess(this.resources.refuse(url, { kind: 'not-heart-rate' }));
  }
}

const granted = (samples: HeartRateSample[]): Look => ({ state: 'granted', wanted: [], samples });
const withoutAccess = ({ state, wanted }: NotGranted): Look => ({ state, wanted: [...wanted], samples: [] });

function pageUrl(resource: string, from: string, cursor: string | undefined): string {
  const url = new URL(resource);
  url.searchParams.set('from', from);
  url.searchParams.set('limit', PAGE_SIZE);
  if (cursor !== undefined) url.searchParams.set('cursor', cursor);
  return url.href;
}

function pageOf({ body }: Granted): { samples: HeartRateSample[]; next: string | undefined } | undefined {
  const { samples, next } = Object(body) as { samples?: unknown; next?: unknown };
  if (!Array.isArray(samples) || !samples.every(isSample)) return undefined;
  return { samples: samples.map(sampleOf), next: typeof next === 'string' ? next : undefined };
}

function isSample(value: unknown): value is HeartRateSample {
  const { heartRate, recordedAt } = Object(value) as Partial<Record<keyof HeartRateSample, unknown>>;
  return Number.isFinite(heartRate) && typeof recordedAt === 'string' && !Number.isNaN(Date.parse(recordedAt));
}

/** What the page needs of a sample: a resource server may send more. */
function sampleOf({ heartRate, recordedAt }: HeartRateSample): HeartRateSample {
  return { heartRate, recordedAt };
}
