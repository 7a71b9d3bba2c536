import { Doorbell } from './doorbell.js';
import { EventDispatch } from './event-dispatch.js';
import type { EventPusher } from './event-pusher.js';
import type { EventReceivers } from './event-receivers.js';

describe('EventDispatch by the clock', () => {
  let looks: number;
  let doorbell: Doorbell;
  let dispatch: EventDispatch;

  beforeEach(() => {
    jest.useFakeTimers();
    looks = 0;
    doorbell = new Doorbell();
    const none = () => Promise.resolve([]);
    const receivers = {
      withDueEvents: () => {
        looks++;
        return none();
      },
      takeHeartbeats: none,
    };
    dispatch = new EventDispatch(receivers as unknown as EventReceivers, {} as EventPusher, doorbell);
    dispatch.onApplicationBootstrap();
  });
  afterEach(async () => {
    await dispatch.beforeApplicationShutdown();
    jest.useRealTimers();
  });

  const pass = (milliseconds: number) => jest.advanceTimersByTimeAsync(milliseconds);

  it('looks five times a second while nothing happens', async () => {
    await pass(1_000);
    expect(looks).toBe(5);
  });

  it('looks at once when something was recorded, and then less and less often', async () => {
    doorbell.ring();
    await pass(4);
    expect(looks).toBe(1);
    await pass(400);
    expect(looks).toBeLessThan(10);
  });

  it('is not put off by whoever rings again and again', async () => {
    for (let ring = 0; ring < 100; ring++) {
      doorbell.ring();
      await pass(1);
    }
    expect(looks).toBeGreaterThan(5);
  });
});
