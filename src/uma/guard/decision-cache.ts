import type { EventChannel } from '../security-events/event-channel.js';
import type { TokenEnding } from '../security-events/token-endings.js';
import { OutdatedTokens } from './outdated-tokens.js';
import type { TimedDecision, UmaDecision } from './uma-decision.js';

/** What a {@link DecisionCache} holds at most. */
export interface DecisionCacheLimits {
  readonly maxEntries: number;
  /** Of how many tokens it remembers the news by itself; by the number of entries when left out. */
  readonly maxNews?: number;
}

interface Entry {
  readonly timed: TimedDecision;
  readonly tokenKey: string | undefined;
  /** The channel by which the authorization server would tell that the decision holds no more. */
  readonly channel: EventChannel | undefined;
}

/**
 * Remembers what tokens open: as long as they last while their authorization server would tell of a change, else for a
 * short time. It may only be used to allow: whoever is about to refuse asks the authorization server again. Its size is
 * bounded; the oldest entry gives way.
 *
 * @see RFC 7662 section 4 (caching)
 */
export class DecisionCache {
  private readonly entries = new Map<string, Entry>();
  private readonly keysOfTokens = new Map<string, Set<string>>();
  /** The news of each authorization server by itself: what one of them tells touches no other's tokens. */
  private readonly outdated = new Map<string, OutdatedTokens>();
  /** When it was asked last. */
  private askedMs = -Infinity;

  constructor(
    private readonly limits: DecisionCacheLimits,
    /** Whether and how an issuer tells of its tokens. */
    private readonly channelOf: (issuer: string) => EventChannel | undefined = () => undefined,
  ) {}

  /** How many decisions are remembered now. */
  get size(): number {
    return this.entries.size;
  }

  /** @returns `undefined` when nothing is remembered, or its time is over */
  get(key: string, nowMs: number): UmaDecision | undefined {
    // The clock was set back: of what was decided before, the time would come a second time.
    if (nowMs < this.askedMs) this.clear();
    this.askedMs = nowMs;
    const entry = this.entries.get(key);
    if (entry === undefined) return undefined;
    if (isUsable(entry, nowMs)) return entry.timed.decision;
    this.drop(key);
    return undefined;
  }

  /** Remembers a decision in place of an earlier one, unless it {@link isOutdated}. */
  put(key: string, timed: TimedDecision): void {
    this.drop(key);
    if (this.isOutdated(timed)) return;
    if (this.entries.size >= this.limits.maxEntries) {
      const [oldest] = this.entries.keys();
      if (oldest !== undefined) this.drop(oldest);
    }
    const tokenKey = tokenKeyOf(timed);
    const { issuer } = timed.decision.resource.owner;
    this.entries.set(key, { timed, tokenKey, channel: this.channelOf(issuer) });
    if (tokenKey === undefined) return;
    const keys = this.keysOfTokens.get(tokenKey);
    if (keys === undefined) this.keysOfTokens.set(tokenKey, new Set([key]));
    else keys.add(key);
  }

  /** Whether there was news of the token since the authorization server was asked. */
  isOutdated(timed: TimedDecision): boolean {
    const { issuer } = timed.decision.resource.owner;
    return this.outdated.get(issuer)?.isOutdated(tokenKeyOf(timed), timed.sinceMs) === true;
  }

  /** Forgets what was remembered under a key. */
  drop(key: string): void {
    const entry = this.entries.get(key);
    if (entry === undefined) return;
    this.entries.delete(key);
    if (entry.tokenKey === undefined) return;
    const keys = this.keysOfTokens.get(entry.tokenKey);
    keys?.delete(key);
    if (keys?.size === 0) this.keysOfTokens.delete(entry.tokenKey);
  }

  /** Forgets what rests on a token of which there is news, also what is still being asked about it. */
  forget({ issuer, tokenId }: TokenEnding, nowMs: number): void {
    const tokenKey = tokenId === undefined ? undefined : keyOf(issuer, tokenId);
    this.newsOf(issuer).note(tokenKey, nowMs);
    const keys = tokenKey === undefined ? this.keysOf(issuer) : (this.keysOfTokens.get(tokenKey) ?? []);
    for (const key of [...keys]) this.drop(key);
  }

  private clear(): void {
    this.entries.clear();
    this.keysOfTokens.clear();
  }

  private newsOf(issuer: string): OutdatedTokens {
    const known = this.outdated.get(issuer);
    if (known !== undefined) return known;
    const news = new OutdatedTokens(this.limits.maxNews ?? this.limits.maxEntries);
    this.outdated.set(issuer, news);
    return news;
  }

  private keysOf(issuer: string): readonly string[] {
    const ofIssuer = [...this.entries].filter(([, { timed }]) => timed.decision.resource.owner.issuer === issuer);
    return ofIssuer.map(([key]) => key);
  }
}

/** On the path of every protected read: it compares numbers, and makes nothing. */
function isUsable({ timed, channel }: Entry, nowMs: number): boolean {
  if (nowMs < timed.sinceMs || nowMs >= timed.untilMs) return false;
  return nowMs < timed.unheardUntilMs || channel?.covers(timed.sinceMs, nowMs) === true;
}

function tokenKeyOf({ decision }: TimedDecision): string | undefined {
  const { tokenId } = decision;
  return tokenId === undefined ? undefined : keyOf(decision.resource.owner.issuer, tokenId);
}

const keyOf = (issuer: string, tokenId: string): string => `${issuer} ${tokenId}`;
