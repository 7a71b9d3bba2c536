import fc from 'fast-check';

import { FixedClock } from '../../common/clock.fake.js';
import { FakeSampleLog } from '../../measurements/sample-log.fake.js';
import type { LogEntry } from '../../measurements/sample-log.js';
import { FakeSink } from './live-sink.fake.js';
import { LONGEST_REPLAY, LiveStream } from './live-stream.js';
import { type Grant, LiveViewer, MOST_WAITING } from './live-viewer.js';

const resource = { id: 'heart', owner: { issuer: 'https://as.test', subject: 'alice' }, umaResourceId: 'R1' };
const grant: Grant = {
  attempt: { token: { token: 'rpt' }, scopes: ['heart-rate:stream'] },
  decision: { resource, scopes: ['heart-rate:stream'], askedMs: 0 },
};
const settled = () => new Promise((resolve) => setImmediate(resolve));

class World {
  readonly clock = new FixedClock();
  readonly log = new FakeSampleLog();
  readonly stream = new LiveStream('heart', this.log);

  constructor() {
    this.log.subscribe((entry) => {
      this.stream.hear(entry);
    });
  }

  async watch({ after, sinceMs = -Infinity, ...options }: WatchOptions = {}): Promise<FakeSink> {
    const { sink = new FakeSink(), grant: given = grant } = options;
    const viewer = this.enter(sink, given);
    await this.stream.start(viewer, after === undefined ? undefined : { after, sinceMs });
    return sink;
  }

  enter(sink: FakeSink, given = grant): LiveViewer {
    const viewer = new LiveViewer('heart', sink, given, this.clock, () => undefined);
    this.stream.viewers.add(viewer);
    viewer.enter(given);
    return viewer;
  }
}

interface WatchOptions {
  readonly after?: number;
  readonly sinceMs?: number;
  readonly sink?: FakeSink;
  readonly grant?: Grant;
}

describe('LiveStream', () => {
  let world: World;

  beforeEach(() => {
    world = new World();
  });

  it('begins with the newest sample and its place, then gives every sample in order', async () => {
    world.log.add('heart', 60, 61);
    const sink = await world.watch();
    world.log.add('heart', 62);
    world.log.add('heart', 63, 64);
    expect(sink.told.map(([name]) => name)).toEqual(['snapshot', 'samples', 'samples']);
    expect(sink.told[0]?.[1]).toEqual({
      resource: 'heart',
      id: '2',
      latest: { heartRate: 61, recordedAt: '1970-01-01T00:00:02.000Z' },
    });
    expect(sink.heartRates).toEqual([62, 63, 64]);
    expect(sink.lastId).toBe(5);
  });

  it('begins without a sample where there is none yet', async () => {
    const sink = await world.watch();
    expect(sink.told).toEqual([['snapshot', { resource: 'heart', id: '0' }]]);
  });

  it('says when the token ends', async () => {
    const endsMs = world.clock.nowMs() + 60_000;
    const sink = await world.watch({ grant: { ...grant, decision: { ...grant.decision, endsMs } } });
    expect(sink.told[0]?.[1]).toMatchObject({ expiresAt: new Date(endsMs).toISOString() });
  });

  it('goes on where a client was, without a snapshot, without loss and without a duplicate', async () => {
    world.log.add('heart', 60, 61, 62, 63);
    const sink = await world.watch({ after: 2 });
    world.log.add('heart', 64);
    expect(sink.told.map(([name]) => name)).toEqual(['samples', 'samples']);
    expect(sink.heartRates).toEqual([62, 63, 64]);
  });

  it('gives a client that was away for long what it missed in several messages, and no more than it takes', async () => {
    const rates = Array.from({ length: 1_200 }, (_none, index) => 40 + (index % 160));
    world.log.add('heart', ...rates);
    const sink = new FakeSink();
    sink.stall();
    const watching = world.watch({ after: 0, sink });
    await settled();
    expect(sink.told).toEqual([]);
    sink.drain();
    await watching;
    expect(sink.heartRates).toEqual(rates);
    expect(sink.samples.map(({ samples }) => samples.length)).toEqual([500, 500, 200]);
  });

  it('begins anew for a client that missed too much, and says so', async () => {
    world.log.add('heart', ...Array.from({ length: LONGEST_REPLAY + 2 }, () => 60));
    const sink = await world.watch({ after: 1 });
    expect(sink.told).toMatchObject([['snapshot', { id: String(LONGEST_REPLAY + 2), restarted: true }]]);
  });

  it('begins anew for a client with a place that does not exist yet', async () => {
    world.log.add('heart', 60);
    expect((await world.watch({ after: 7 })).told).toMatchObject([['snapshot', { id: '1', restarted: true }]]);
  });

  it('gives a client that comes back nothing that was received before it may see samples', async () => {
    world.log.add('heart', 60, 61);
    world.log.receivedMs = 5_000;
    world.log.add('heart', 62, 63);
    const [before, since] = [
      { after: 1, sinceMs: 5_000 },
      { after: 2, sinceMs: 5_000 },
    ];
    expect((await world.watch(before)).told).toMatchObject([['snapshot', { id: '4', restarted: true }]]);
    expect((await world.watch(since)).heartRates).toEqual([62, 63]);
    expect((await world.watch({ after: 4, sinceMs: Infinity })).told).toEqual([]);
    expect((await world.watch({ after: 3, sinceMs: Infinity })).told).toMatchObject([['snapshot', {}]]);
  });

  it('misses nothing that is stored while it begins', async () => {
    world.log.add('heart', 60);
    const watching = world.watch();
    world.log.add('heart', 61);
    await Promise.resolve();
    world.log.add('heart', 62);
    const sink = await watching;
    world.log.add('heart', 63);
    const [snapshot] = sink.told;
    const begin = snapshot?.[0] === 'snapshot' ? Number(snapshot[1].id) : NaN;
    expect(begin).toBeGreaterThanOrEqual(1);
    expect(sink.heartRates).toEqual([60, 61, 62, 63].slice(begin));
  });

  it('reads from the log what nobody told of, tells nothing twice, and nothing late', async () => {
    const sink = await world.watch();
    const lost = world.log.store('heart', 60);
    const told = world.log.store('heart', 61);
    world.log.tell(told);
    await settled();
    world.log.tell(lost, told);
    await settled();
    world.log.add('heart', 62);
    expect(sink.heartRates).toEqual([60, 61, 62]);
  });

  it('bears with numbers that are left out', async () => {
    const sink = await world.watch();
    world.log.tell({ resourceId: 'heart', after: 0, upTo: 3, samples: [] });
    const { samples } = world.log.store('heart', 60);
    world.log.tell({
      resourceId: 'heart',
      after: 3,
      upTo: 4,
      samples: samples.map((sample) => ({ ...sample, position: 4 })),
    });
    expect(sink.heartRates).toEqual([60]);
    expect(sink.lastId).toBe(4);
  });

  it('tries again when the log cannot be read', async () => {
    const sink = await world.watch();
    const failing = jest.spyOn(world.log, 'after').mockRejectedValueOnce(new Error('The database is away.'));
    world.log.store('heart', 60);
    const entry = world.log.store('heart', 61);
    world.log.tell({ ...entry, samples: [] });
    await settled();
    expect(sink.heartRates).toEqual([]);
    failing.mockRestore();
    await world.stream.readOn();
    expect(sink.heartRates).toEqual([60, 61]);
  });

  describe('with a client that is slow', () => {
    it('sends together what waited, and keeps others from nothing', async () => {
      const [slow, quick] = [await world.watch(), await world.watch()];
      slow.stall();
      for (const rate of [60, 61, 62]) world.log.add('heart', rate);
      expect(slow.heartRates).toEqual([]);
      expect(quick.samples).toHaveLength(3);
      slow.drain();
      world.log.add('heart', 63);
      expect(slow.samples.map(({ samples }) => samples.map(({ heartRate }) => heartRate))).toEqual([
        [60, 61, 62],
        [63],
      ]);
      expect(slow.lastId).toBe(4);
    });

    it('drops the oldest of too many, and says how many', async () => {
      const slow = await world.watch();
      slow.stall();
      for (let index = 0; index < MOST_WAITING + 25; index++) world.log.add('heart', 60 + (index % 100));
      slow.drain();
      expect(slow.samples).toHaveLength(1);
      expect(slow.samples[0]).toMatchObject({ dropped: 25, id: String(MOST_WAITING + 25) });
      expect(slow.samples[0]?.samples).toHaveLength(MOST_WAITING);
    });
  });

  describe('when the time of the token is over', () => {
    it('sends nothing more, until another token comes', async () => {
      const endsMs = world.clock.nowMs() + 1_000;
      const limited = { ...grant, decision: { ...grant.decision, endsMs } };
      const sink = new FakeSink();
      const viewer = world.enter(sink, limited);
      await world.stream.start(viewer, undefined);
      world.log.add('heart', 60);
      world.clock.advanceMs(1_000);
      world.log.add('heart', 61);
      sink.drain();
      expect(sink.heartRates).toEqual([60]);
      viewer.renew(grant);
      world.log.add('heart', 62);
      expect(sink.heartRates).toEqual([60, 61, 62]);
    });
  });

  it('gives nothing to a viewer that has left or was ended', async () => {
    const sinks = [new FakeSink(), new FakeSink()];
    const viewers = sinks.map((sink) => world.enter(sink));
    for (const viewer of viewers) await world.stream.start(viewer, undefined);
    viewers[0]?.leave();
    viewers[1]?.end('withdrawn');
    world.log.add('heart', 60);
    expect(sinks.map(({ heartRates }) => heartRates)).toEqual([[], []]);
    expect(sinks[1]?.told.at(-1)).toEqual(['ended', { resource: 'heart', reason: 'withdrawn' }]);
  });

  it('gives every client every sample once and in order, however news travels, clients stall and come back', async () => {
    const act = fc.oneof(
      fc.record({ kind: fc.constant('store' as const), count: fc.integer({ min: 1, max: 4 }), told: fc.boolean() }),
      fc.record({ kind: fc.constant('tell-again' as const), which: fc.nat(20) }),
      fc.record({ kind: fc.constantFrom('stall' as const, 'drain' as const, 'reconnect' as const, 'pause' as const) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(act, { maxLength: 40 }), async (acts) => {
        const here = new World();
        const entries: LogEntry[] = [];
        const received: number[] = [];
        let rate = 0;
        let lastId = 0;
        let sink = await here.watch();
        for (const step of acts) {
          if (step.kind === 'store') {
            const entry = here.log.store('heart', ...Array.from({ length: step.count }, () => ++rate));
            entries.push(entry);
            if (step.told) here.log.tell(entry);
          } else if (step.kind === 'tell-again') here.log.tell(...entries.slice(step.which, step.which + 1));
          else if (step.kind === 'pause') await settled();
          else if (step.kind === 'reconnect') {
            received.push(...sink.heartRates);
            for (const viewer of here.stream.viewers) viewer.leave();
            here.stream.viewers.clear();
            lastId = sink.lastId ?? lastId;
            sink = await here.watch({ after: lastId });
          } else sink[step.kind]();
        }
        here.log.tell(...entries);
        await settled();
        sink.drain();
        await settled();
        expect([...received, ...sink.heartRates]).toEqual(Array.from({ length: rate }, (_none, index) => index + 1));
      }),
    );
  });
});
