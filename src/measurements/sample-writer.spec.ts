import { Logger } from '@nestjs/common';

import { Hub } from './hub.js';
import type { Sample } from './reading.js';
import type { LogEntry } from './sample-log.js';
import { FakeSampleStore } from './sample-store.fake.js';
import { MAX_WAITING, SampleWriter } from './sample-writer.js';

const A_DAY_MS = 86_400_000;

const samples = (from: number, count: number, sensorId = 'strap'): Sample[] =>
  Array.from({ length: count }, (_nothing, index) => ({
    resourceId: 'alice',
    sensorId,
    heartRate: 72,
    recordedMs: from + index,
    sensorMs: from + index,
    receivedMs: 0,
  }));

function aWriter(commitIntervalMs = 5): { writer: SampleWriter; store: FakeSampleStore; published: Sample[] } {
  const store = new FakeSampleStore();
  const hub = new Hub();
  const published: Sample[] = [];
  hub.subscribe((entry) => published.push(...entry.samples));
  return { writer: new SampleWriter(store, hub, { commitIntervalMs }), store, published };
}

describe('the sample writer', () => {
  beforeEach(() => {
    jest.spyOn(Logger.prototype, 'error').mockReturnValue();
  });

  it('stores what arrives within a short while in one commit, and tells each sender of its own samples', async () => {
    const { writer, store } = aWriter();
    const answers = await Promise.all([
      writer.write(samples(0, 2)),
      writer.write(samples(1, 2)),
      writer.write(samples(0, 2, 'watch')),
    ]);
    expect(answers).toEqual([
      { stored: 2, duplicate: 0 },
      { stored: 1, duplicate: 1 },
      { stored: 2, duplicate: 0 },
    ]);
    expect(store.commits).toHaveLength(1);
  });

  it('stores at once what comes after a pause, and lets what comes soon after that wait for others', async () => {
    const { writer, store } = aWriter(A_DAY_MS);
    await writer.write(samples(0, 1));
    const soon = [writer.write(samples(1, 1)), writer.write(samples(2, 1))];
    await writer.close();
    await Promise.all(soon);
    expect(store.commits.map((commit) => commit.length)).toEqual([1, 2]);
  });

  it('does not wait for others once a commit is full', async () => {
    const { writer, store } = aWriter(A_DAY_MS);
    await writer.write(samples(0, 1));
    await Promise.all([1, 2, 3, 4, 5].map((number) => writer.write(samples(number * 100, 100))));
    expect(store.commits.map((commit) => commit.length)).toEqual([1, 500]);
  });

  it('commits one after the other, and splits what has grown too large meanwhile', async () => {
    const { writer, store } = aWriter();
    let open = (): void => undefined;
    store.gate = new Promise((resolve) => (open = resolve));
    const writes = Array.from({ length: 12 }, (_nothing, index) => writer.write(samples(index * 100, 100)));
    open();
    expect(await Promise.all(writes)).toEqual(writes.map(() => ({ stored: 100, duplicate: 0 })));
    expect(store.commits.map((commit) => commit.length)).toEqual([500, 500, 200]);
    expect(store.commits.flat().map(({ recordedMs }) => recordedMs)).toEqual(
      Array.from({ length: 1_200 }, (_n, i) => i),
    );
  });

  it('publishes what was stored, in order and nothing twice, before it answers', async () => {
    const { writer, published } = aWriter();
    await Promise.all([writer.write(samples(5, 2)), writer.write(samples(4, 3))]);
    expect(published.map(({ recordedMs }) => recordedMs)).toEqual([5, 6, 4]);
  });

  it('answers although a listener fails', async () => {
    const hub = new Hub();
    const heard: number[] = [];
    hub.subscribe(() => {
      throw new Error('deaf');
    });
    hub.subscribe((entry) => heard.push(entry.samples.length));
    const writer = new SampleWriter(new FakeSampleStore(), hub, { commitIntervalMs: 1 });
    await expect(writer.write(samples(0, 3))).resolves.toEqual({ stored: 3, duplicate: 0 });
    expect(heard).toEqual([3]);
  });

  it('fails for exactly those who waited for a commit that failed', async () => {
    const { writer, store, published } = aWriter();
    store.gate = Promise.reject(new Error('disk full'));
    const failed = await Promise.allSettled([writer.write(samples(0, 1)), writer.write(samples(1, 1))]);
    expect(failed).toMatchObject([
      { status: 'rejected', reason: { code: 'temporarily_unavailable' } },
      { status: 'rejected', reason: { code: 'temporarily_unavailable' } },
    ]);
    store.gate = Promise.resolve();
    await expect(writer.write(samples(0, 2))).resolves.toEqual({ stored: 2, duplicate: 0 });
    expect(published).toHaveLength(2);
  });

  it('says slow_down when too much is waiting, and has room again once it is stored', async () => {
    const { writer, store } = aWriter();
    let open = (): void => undefined;
    store.gate = new Promise((resolve) => (open = resolve));
    const all = writer.write(samples(0, MAX_WAITING));
    await expect(writer.write(samples(MAX_WAITING, 1))).rejects.toMatchObject({ code: 'slow_down', status: 429 });
    open();
    await expect(all).resolves.toEqual({ stored: MAX_WAITING, duplicate: 0 });
    await expect(writer.write(samples(MAX_WAITING, 1))).resolves.toEqual({ stored: 1, duplicate: 0 });
  });

  it('answers for everything it took before it closes, and takes nothing more', async () => {
    const { writer, store } = aWriter(A_DAY_MS);
    const taken = [writer.write(samples(0, 1)), writer.write(samples(1, 1))];
    await writer.close();
    expect(store.commits.flat()).toHaveLength(2);
    await expect(Promise.all(taken)).resolves.toHaveLength(2);
    await expect(writer.write(samples(2, 1))).rejects.toMatchObject({ code: 'temporarily_unavailable' });
  });
});

describe('the hub', () => {
  it('tells nobody who has left', () => {
    const hub = new Hub();
    const heard: number[] = [];
    const leave = hub.subscribe(({ upTo }) => heard.push(upTo));
    hub.publish({ resourceId: 'alice', after: 0, upTo: 1, samples: [] });
    leave();
    hub.publish({ resourceId: 'alice', after: 1, upTo: 2, samples: [] });
    expect(heard).toEqual([1]);
  });

  it('tells where a resource stands, and the place of each sample', async () => {
    const hub = new Hub();
    const heard: LogEntry[] = [];
    hub.subscribe((entry) => heard.push(entry));
    const writer = new SampleWriter(new FakeSampleStore(), hub, { commitIntervalMs: 1 });
    await writer.write(samples(0, 2));
    await writer.write(samples(1, 2));
    expect(heard.map(({ after, upTo, samples: [sample] }) => [after, upTo, sample?.position])).toEqual([
      [0, 2, 1],
      [2, 4, 4],
    ]);
  });
});
