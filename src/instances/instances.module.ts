import {
  type DynamicModule,
  type FactoryProvider,
  Injectable,
  Module,
  type OnApplicationShutdown,
} from '@nestjs/common';

import { News, NoNews } from '../common/news.js';
import type { Secret } from '../common/secret.js';
import { RedisNews } from './redis-news.js';

/** What the instances of a server share. */
export interface InstancesOptions {
  /** Redis or Valkey, as `redis://` or `rediss://`; without it the server has one instance. */
  readonly redisUrl?: Secret | undefined;
  /** Address of the server, which its instances have in common. */
  readonly server: string;
}

@Injectable()
class NewsEnding implements OnApplicationShutdown {
  constructor(private readonly news: News) {}

  /** After every room has finished with what it has to tell. */
  async onApplicationShutdown(): Promise<void> {
    if (this.news instanceof RedisNews) await this.news.stop();
  }
}

/** Gives every room of a server a way to tell the same room of its other instances something. */
@Module({})
export class InstancesModule {
  static register({ redisUrl, server }: InstancesOptions): DynamicModule {
    const news: FactoryProvider<News> = {
      provide: News,
      useFactory: async () => {
        if (redisUrl === undefined) return new NoNews();
        const redis = new RedisNews(redisUrl, server);
        await redis.start();
        return redis;
      },
    };
    return { module: InstancesModule, global: true, providers: [news, NewsEnding], exports: [News] };
  }
}
