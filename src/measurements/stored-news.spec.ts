import { FakeNews } from '../common/news.fake.js';
import { Hub } from './hub.js';
import type { LogEntry, LoggedSample } from './sample-log.js';
import { StoredNews } from './stored-news.js';

const entry = (resourceId: string, upTo: number): LogEntry => ({
  resourceId,
  after: upTo - 1,
  upTo,
  samples: [{ position: upTo } as LoggedSample],
});

describe('StoredNews', () => {
  const twoInstances = () => {
    const [here, there] = FakeNews.pair();
    const [hub, otherHub] = [new Hub(), new Hub()];
    const heard: LogEntry[] = [];
    otherHub.subscribe((one) => heard.push(one));
    const instances = [new StoredNews(hub, here), new StoredNews(otherHub, there)];
    return { hub, here, there, heard, instances };
  };

  it('tells other instances up to where a resource is stored, and none of what that is', async () => {
    const { hub, here, there, heard } = twoInstances();
    hub.publish(entry('alice', 1));
    hub.publish(entry('alice', 2));
    hub.publish(entry('bob', 7));
    await new Promise(setImmediate);
    const told = [
      ['alice', 2],
      ['bob', 7],
    ];
    expect([here.told, there.told]).toEqual([[['stored', told]], []]);
    expect(heard).toEqual([
      { resourceId: 'alice', after: 2, upTo: 2, samples: [] },
      { resourceId: 'bob', after: 7, upTo: 7, samples: [] },
    ]);
  });

  it('goes on when it could not be told', async () => {
    const { hub, here, heard } = twoInstances();
    here.isComplete = false;
    hub.publish(entry('alice', 1));
    await new Promise(setImmediate);
    here.isComplete = true;
    hub.publish(entry('alice', 2));
    await new Promise(setImmediate);
    expect(heard).toMatchObject([{ upTo: 2 }]);
  });

  it('takes what is no position for nothing', () => {
    const { there, heard } = twoInstances();
    for (const message of [null, 'alice', [1], [['alice']], [['alice', '1']], [[1, 1]], [['alice', 1.5]]]) {
      there.hear('stored', message);
    }
    expect(heard).toEqual([]);
  });

  it('says and hears nothing any more when its process ends', async () => {
    const { hub, here, there, heard, instances } = twoInstances();
    for (const instance of instances) instance.onModuleDestroy();
    hub.publish(entry('alice', 1));
    there.hear('stored', [['alice', 1]]);
    await new Promise(setImmediate);
    expect([here.told, heard]).toEqual([[], []]);
  });
});
