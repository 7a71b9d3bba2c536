import { createClient } from '@redis/client';

import type { Secret } from '../common/secret.js';

/** How long Redis may take to let us in or to answer, in milliseconds. */
const PATIENCE_MS = 2_000;
/** How many entries are read at once. */
const PAGE = 500;
/** Older entries go when there are so many: whoever was away for longer begins anew. */
const LONGEST_STREAM = 10_000;

/** What stands in a stream. */
export interface StreamEntry {
  /** Place in the stream, `<milliseconds>-<number>`; counts up. */
  readonly id: string;
  readonly text: string;
}

/** Place before every entry. */
export const BEGINNING = '0-0';

type Client = ReturnType<typeof newClient>;
type RawEntry = [id: string, fields: [name: string, text: string]];

/** One stream of a Redis server, by two connections that live and die together: reading waits, and would hold up writing. */
export class RedisLink {
  private isBroken = false;

  private constructor(
    private readonly reader: Client,
    private readonly writer: Client,
    private readonly key: string,
  ) {
    for (const client of [reader, writer]) {
      client.on('error', () => {
        this.close();
      });
    }
  }

  /** @throws Error when the server does not let us in */
  static async open(url: Secret, key: string): Promise<RedisLink> {
    const [reader, writer] = [newClient(url), newClient(url)];
    const link = new RedisLink(reader, writer, key);
    try {
      await Promise.all([reader.connect(), writer.connect()]);
      return link;
    } catch (error) {
      link.close();
      throw error;
    }
  }

  /** Place of the newest entry. */
  async newestId(): Promise<string> {
    const entries = await this.reader.sendCommand<RawEntry[]>(['XREVRANGE', this.key, '+', '-', 'COUNT', '1']);
    return entries[0]?.[0] ?? BEGINNING;
  }

  /**
   * The entries after a place, the first of them, in order.
   *
   * @param waitMs how long to wait for one when there is none; not at all when 0
   */
  async readAfter(id: string, waitMs: number): Promise<readonly StreamEntry[]> {
    const patience = waitMs === 0 ? [] : ['BLOCK', String(waitMs)];
    const command = ['XREAD', 'COUNT', String(PAGE), ...patience, 'STREAMS', this.key, id];
    const streams = await this.reader.sendCommand<[key: string, entries: RawEntry[]][] | null>(command);
    return (streams?.[0]?.[1] ?? []).map(([place, [, text]]) => ({ id: place, text }));
  }

  /** Writes an entry after all others. @throws Error when it was perhaps not written */
  async write(text: string): Promise<void> {
    if (this.isBroken) throw new Error('The connection to Redis has ended.');
    await this.writer.sendCommand(['XADD', this.key, 'MAXLEN', '~', String(LONGEST_STREAM), '*', 'news', text]);
  }

  /** Whoever waits for something gets an error. */
  close(): void {
    if (this.isBroken) return;
    this.isBroken = true;
    for (const client of [this.reader, this.writer]) if (client.isOpen) client.destroy();
  }
}

/** A connection that never comes back by itself: what was missed meanwhile has to be known. */
function newClient(url: Secret) {
  return createClient({
    url: url.reveal(),
    RESP: 2,
    disableOfflineQueue: true,
    // Whoever has nothing to write notices a dead connection, too.
    pingInterval: PATIENCE_MS / 2,
    socket: { connectTimeout: PATIENCE_MS, socketTimeout: 2 * PATIENCE_MS, reconnectStrategy: false },
  });
}

/** Whether a place in a stream comes before another. */
export function isBefore(id: string, other: string): boolean {
  const [[ms = 0n, number = 0n], [otherMs = 0n, otherNumber = 0n]] = [partsOf(id), partsOf(other)];
  return ms === otherMs ? number < otherNumber : ms < otherMs;
}

const partsOf = (id: string): readonly bigint[] => id.split('-').map(BigInt);
