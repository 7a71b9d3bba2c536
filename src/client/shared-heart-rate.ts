import { Injectable } from '@nestjs/common';

import { Recent } from '../common/recent.js';
import type { AccessView, HeartRateSample } from './access-view.js';
import type { Ending } from './flow-ending.js';
import type { Asker } from './person.js';
import { type Granted, type NotGranted, SharedResources } from './shared-resources.js';

/** What came of a look at a shared heart. */
export interface Look extends Pick<AccessView, 'state' | 'wanted' | 'samples'> {
  /** How it ended when there is nothing to see. It may hold a permission ticket: no part of it is shown. */
  readonly ending?: Ending;
}

/** The most pages of a history that are fetched: 15 minutes at 1 Hz are one. */
const MOST_PAGES = 10;
const PAGE_SIZE = '1000';

/** Of how many heart rates it is remembered that their stream alone is open. */
const MOST_STREAMED = 10_000;

/**
 * Looks at a heart rate that somebody shares. Whoever may not read it may be allowed to watch it: then the newest sample is
 * all there is to see, and the beginning of the live stream tells it. That is looked at where the owner is asked no second
 * time by it: at an authorization server that puts both into one request.
 */
@Injectable()
export class SharedHeartRate {
  /** Which heart rates were found to be open as a stream alone, so that nobody asks in vain each time. */
  private readonly streamed = new Recent<string, true>(MOST_STREAMED);

  constructor(private readonly resources: SharedResources) {}

  /** The newest sample of what somebody opens; none while the sensor has not sent. They may be allowed more by now. */
  async open(asker: Asker, resource: string): Promise<Look> {
    this.streamed.delete(keyOf(asker, resource));
    return this.latest(asker, resource);
  }

  /** The newest sample; none while the sensor has not sent. */
  async latest(asker: Asker, resource: string): Promise<Look> {
    return this.orStream(asker, resource, () => this.newest(asker, resource));
  }

  /** All samples since a time, itself included. @param from RFC 3339 */
  async since(asker: Asker, resource: string, from: string): Promise<Look> {
    return this.orStream(asker, resource, () => this.pages(asker, resource, from));
  }

  /** The newest sample as the live stream tells it; `undefined` where there is no stream, or none for this person. */
  async watched(asker: Asker, resource: string): Promise<Look | undefined> {
    const look = await this.beginningOfStream(asker, resource);
    if (look === undefined) this.streamed.delete(keyOf(asker, resource));
    else this.streamed.set(keyOf(asker, resource), true);
    return look;
  }

  private async orStream(asker: Asker, resource: string, read: () => Promise<Look>): Promise<Look> {
    const isStreamed = this.streamed.find(keyOf(asker, resource)) !== undefined;
    // Once the stream is closed, something else may be shared.
    if (isStreamed) return (await this.watched(asker, resource)) ?? read();
    const look = await read();
    return asksOnce(look) ? ((await this.watched(asker, resource)) ?? look) : look;
  }

  private async newest(asker: Asker, resource: string): Promise<Look> {
    const url = below(resource, 'latest');
    const reading = await this.resources.read(asker, url, resource);
    if (reading.state !== 'granted') return withoutAccess(reading);
    const { body } = reading;
    if (body === undefined) return granted([]);
    return isSample(body) ? granted([sampleOf(body)]) : this.unreadable(url);
  }

  private async beginningOfStream(asker: Asker, resource: string): Promise<Look | undefined> {
    const reading = await this.resources.readBeginning(asker, below(resource, 'live'), resource);
    if (reading.state !== 'granted' || !isSnapshot(reading.body)) return undefined;
    const { latest } = reading.body;
    return granted(isSample(latest) ? [sampleOf(latest)] : []);
  }

  private async pages(asker: Asker, resource: string, from: string): Promise<Look> {
    const samples: HeartRateSample[] = [];
    let cursor: string | undefined;
    for (let number = 0; number < MOST_PAGES; number++) {
      const reading = await this.resources.read(asker, pageUrl(resource, from, cursor), resource);
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
const withoutAccess = ({ state, wanted, ending }: NotGranted): Look => ({
  state,
  wanted: [...wanted],
  samples: [],
  ending,
});

/** Reading is not shared, at least not yet, and nothing is lost by asking for the stream. */
function asksOnce({ ending }: Pick<Look, 'ending'>): boolean {
  return (ending?.kind === 'denied' || ending?.kind === 'submitted') && ending.asksOnce === true;
}

const keyOf = ({ person }: Asker, resource: string): string => `${person.issuer} ${person.subject} ${resource}`;

/** The address of a part of a resource. */
function below(resource: string, part: string): string {
  const url = new URL(resource);
  url.pathname = `${url.pathname.replace(/\/$/, '')}/${part}`;
  return url.href;
}

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

/** The beginning of a live stream, which has a place. */
function isSnapshot(value: unknown): value is { readonly latest?: unknown } {
  const { id, samples } = Object(value) as { id?: unknown; samples?: unknown };
  return typeof id === 'string' && samples === undefined;
}

function isSample(value: unknown): value is HeartRateSample {
  const { heartRate, recordedAt } = Object(value) as Partial<Record<keyof HeartRateSample, unknown>>;
  return Number.isFinite(heartRate) && typeof recordedAt === 'string' && !Number.isNaN(Date.parse(recordedAt));
}

/** What the page needs of a sample: a resource server may send more. */
function sampleOf({ heartRate, recordedAt }: HeartRateSample): HeartRateSample {
  return { heartRate, recordedAt };
}
