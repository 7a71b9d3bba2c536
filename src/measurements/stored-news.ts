import { Injectable, type OnModuleDestroy } from '@nestjs/common';

import { News } from '../common/news.js';
import { Hub } from './hub.js';

const TOPIC = 'stored';

/**
 * Tells the other instances up to where each resource is stored, and the hub when one of them has stored something: that,
 * not what. Samples are read from the database alone.
 */
@Injectable()
export class StoredNews implements OnModuleDestroy {
  private readonly unsubscribe: readonly (() => void)[];
  /** Up to where the others have to be told, by resource. */
  private untold = new Map<string, number>();
  private telling: Promise<void> | undefined;

  constructor(
    private readonly hub: Hub,
    private readonly news: News,
  ) {
    this.unsubscribe = [
      hub.subscribe(({ resourceId, upTo, samples }) => {
        if (samples.length > 0) this.note(resourceId, upTo);
      }),
      news.subscribe(TOPIC, (message) => {
        this.hear(message);
      }),
    ];
  }

  onModuleDestroy(): void {
    for (const end of this.unsubscribe) end();
  }

  /** One message after the other: of what is stored while one is on its way, the last position is enough. */
  private note(resourceId: string, upTo: number): void {
    this.untold.set(resourceId, upTo);
    this.telling ??= this.tell().finally(() => {
      this.telling = undefined;
    });
  }

  private async tell(): Promise<void> {
    // What is stored together is told together.
    await Promise.resolve();
    while (this.untold.size > 0) {
      const positions = [...this.untold];
      this.untold = new Map();
      // Whoever follows a resource looks into the database, too, each second.
      await this.news.tell(TOPIC, positions).catch(() => undefined);
    }
  }

  private hear(message: unknown): void {
    for (const position of Array.isArray(message) ? (message as unknown[]) : []) {
      if (!Array.isArray(position)) continue;
      const [resourceId, upTo] = position as unknown[];
      if (typeof resourceId !== 'string' || !Number.isSafeInteger(upTo)) continue;
      this.hub.publish({ resourceId, after: upTo as number, upTo: upTo as number, samples: [] });
    }
  }
}
