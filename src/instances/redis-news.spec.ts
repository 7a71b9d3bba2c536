import { eventually } from '../../test/support/eventually.js';
import { RedisServer } from '../../test/support/redis.js';
import { RedisLink } from './redis-link.js';
import { RedisNews } from './redis-news.js';

const SERVER = 'https://rs.test';
const KEY = `pulsegate:news:${SERVER}`;

describe('RedisNews', () => {
  let redis: RedisServer;
  const instances: RedisNews[] = [];

  beforeEach(async () => {
    redis = await RedisServer.start();
  });
  afterEach(async () => {
    await Promise.all(instances.splice(0).map((news) => news.stop()));
    await redis.stop();
  });

  async function instance(server = SERVER): Promise<{ news: RedisNews; heard: unknown[]; missed: () => number }> {
    const news = new RedisNews(redis.url, server);
    instances.push(news);
    const heard: unknown[] = [];
    news.subscribe('topic', (message) => heard.push(message));
    let times = 0;
    news.onMissed(() => (times += 1));
    await news.start();
    return { news, heard, missed: () => times };
  }

  it('tells all others, in order and nothing twice, and not itself', async () => {
    const [one, two, three] = [await instance(), await instance(), await instance()];
    for (let count = 0; count < 1_200; count += 1) await one.news.tell('topic', { count });
    await one.news.tell('another topic', 'is for others');
    await eventually(() => two.heard.length >= 1_200 && three.heard.length >= 1_200);
    const all = Array.from({ length: 1_200 }, (_, count) => ({ count }));
    expect([one.heard, two.heard, three.heard]).toEqual([[], all, all]);
  });

  it('tells nothing of before to an instance that starts later, and nothing to another server', async () => {
    const [one, other] = [await instance(), await instance('https://other.test')];
    await one.news.tell('topic', 'before');
    const two = await instance();
    await one.news.tell('topic', 'after');
    await eventually(() => two.heard.length > 0);
    expect([two.heard, other.heard]).toEqual([['after'], []]);
  });

  it('hears no more for whoever has unsubscribed', async () => {
    const [one, two] = [await instance(), await instance()];
    const heard: unknown[] = [];
    two.news.subscribe('topic', (message) => heard.push(message))();
    await one.news.tell('topic', 1);
    await eventually(() => two.heard.length > 0);
    expect(heard).toEqual([]);
  });

  it('says that something was missed when Redis is gone, tells nothing meanwhile, and comes back by itself', async () => {
    const [one, two] = [await instance(), await instance()];
    expect([one.news.isComplete, two.news.isComplete]).toEqual([true, true]);
    await redis.stop();
    await eventually(() => one.missed() > 0 && two.missed() > 0);
    expect([one.news.isComplete, two.news.isComplete]).toEqual([false, false]);
    await expect(one.news.tell('topic', 'lost')).rejects.toThrow('Redis');
    await redis.begin();
    await eventually(() => one.news.isComplete && two.news.isComplete);
    await one.news.tell('topic', 'found');
    await eventually(() => two.heard.length > 0);
    expect(two.heard).toEqual(['found']);
  });

  it('notices a Redis that answers nothing any more', async () => {
    const one = await instance();
    redis.freeze();
    await eventually(() => one.missed() > 0);
    expect(one.news.isComplete).toBe(false);
    redis.thaw();
    await eventually(() => one.news.isComplete);
  });

  it('reads on where it was when only its connection was lost', async () => {
    const one = await instance();
    const link = await RedisLink.open(redis.url, KEY);
    await redis.command('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
    link.close();
    await eventually(() => one.missed() > 0);
    const again = await RedisLink.open(redis.url, KEY);
    await again.write(JSON.stringify(['another instance', 'topic', 'meanwhile']));
    again.close();
    await eventually(() => one.heard.length > 0);
    expect(one.heard).toEqual(['meanwhile']);
  });

  it('hears what comes to a Redis that counts from further back', async () => {
    const [one, two] = [await instance(), await instance()];
    await one.news.tell('topic', 'before');
    await eventually(() => two.heard.length > 0);
    await redis.stop();
    await eventually(() => two.missed() > 0);
    await redis.begin();
    await redis.command('XADD', KEY, '1-1', 'news', JSON.stringify(['another instance', 'topic', 'first']));
    await eventually(() => two.news.isComplete);
    await redis.command('XADD', KEY, '1-2', 'news', JSON.stringify(['another instance', 'topic', 'second']));
    await eventually(() => two.heard.length > 1);
    expect(two.heard.at(-1)).toBe('second');
  });

  it('takes what another program wrote there for nothing', async () => {
    const [one, two] = [await instance(), await instance()];
    for (const text of ['{', 'null', '[1,2,3]', '["x","topic"]', '["x",7,"y"]', '']) {
      await redis.command('XADD', KEY, '*', 'news', text);
    }
    await redis.command('XADD', KEY, '*', 'a', 'b', 'c', 'd');
    await one.news.tell('topic', 'good');
    await eventually(() => two.heard.length > 0);
    expect(two.heard).toEqual(['good']);
  });

  it('starts without Redis, and finds it later', async () => {
    await redis.stop();
    const one = await instance();
    expect(one.news.isComplete).toBe(false);
    await redis.begin();
    await eventually(() => one.news.isComplete);
  });
});
