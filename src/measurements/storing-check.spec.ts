import { Logger } from '@nestjs/common';

import { FixedClock } from '../common/clock.fake.js';
import { Hub } from './hub.js';
import { FakeSampleStore } from './sample-store.fake.js';
import { SampleWriter } from './sample-writer.js';
import { StoringCheck } from './storing-check.js';

const SAMPLE = { resourceId: 'alice', sensorId: 'strap', heartRate: 72, recordedMs: 1, sensorMs: 1, receivedMs: 0 };

describe('the check whether samples can be stored', () => {
  let clock: FixedClock;
  let store: FakeSampleStore;
  let writer: SampleWriter;
  let check: StoringCheck;

  beforeEach(() => {
    jest.spyOn(Logger.prototype, 'error').mockReturnValue();
    clock = new FixedClock();
    store = new FakeSampleStore();
    writer = new SampleWriter(store, new Hub(), { commitIntervalMs: 1 });
    check = new StoringCheck(writer, clock);
  });

  const fail = async (): Promise<void> => {
    jest.spyOn(store, 'insert').mockRejectedValueOnce(new Error('disk full'));
    await expect(writer.write([SAMPLE])).rejects.toThrow('Nothing was stored');
  };
  const passes = (): Promise<boolean> =>
    check.check().then(
      () => true,
      () => false,
    );

  it('passes before anything was stored', async () => {
    expect(await passes()).toBe(true);
  });

  it('fails, with the reason, from a commit that failed until one that did not', async () => {
    await fail();
    await expect(check.check()).rejects.toThrow('disk full');
    await writer.write([SAMPLE]);
    expect(await passes()).toBe(true);
  });

  it('passes when nobody has tried for half a minute, and fails with the next who does in vain', async () => {
    await fail();
    expect(await passes()).toBe(false);
    clock.advanceMs(29_999);
    expect(await passes()).toBe(false);
    clock.advanceMs(1);
    expect(await passes()).toBe(true);
    await fail();
    expect(await passes()).toBe(false);
  });

  it('does not fail for an hour because the clock was put back', async () => {
    await fail();
    expect(await passes()).toBe(false);
    clock.advanceMs(-3_600_000);
    expect(await passes()).toBe(true);
  });
});
