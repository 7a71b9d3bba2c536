import { Secret } from '../common/secret.js';
import type { DemoOptions } from './demo-options.js';
import type { DemoWorld } from './demo-world.js';
import { feedHeart, feedReplay } from './feeds.js';
import type { RecordedSample } from './recordings/recorded-sample.js';
import { planReplay } from './replay.js';
import type { Scheduler } from './scheduler.js';
import { Sensor } from './sensor.js';
import { SensorError } from './sensor-error.js';
import { SimulatedHeart } from './simulator.js';

/** A recording that was read, and how it is replayed. */
export interface Replay extends Pick<DemoOptions, 'speed' | 'originalTimes'> {
  /** The recording's name as it was given. */
  readonly file: string;
  readonly samples: readonly RecordedSample[];
}

/** Where the demo's heart beats. */
export interface FeedPlace {
  readonly scheduler: Scheduler;
  /** Writes a line for the operator. */
  readonly say: (line: string) => void;
  /** Ends it when it is aborted. */
  readonly signal: AbortSignal;
}

/**
 * Feeds Alice's resource through the sensor gateway: with a simulated heart until the signal is aborted, or with a
 * recording. What ends it early is told and is no error: the servers go on.
 */
export async function feedDemo(
  { resourceServer, seeded }: Required<Pick<DemoWorld, 'resourceServer' | 'seeded'>>,
  replay: Replay | undefined,
  place: FeedPlace,
): Promise<void> {
  const { scheduler, say } = place;
  const credential = new Secret(replay === undefined ? seeded.chestStrap : seeded.recordingPlayer);
  const sensor = new Sensor({ url: resourceServer, credential, scheduler });
  try {
    if (replay === undefined) await feedHeart(new SimulatedHeart(scheduler.nowMs()), sensor, scheduler, place.signal);
    else await play(replay, sensor, place);
  } catch (error) {
    if (!(error instanceof SensorError)) throw error;
    say(error.message);
    if (error.code === 'unauthorized') say('Its owner has disconnected it: --reset makes a new demo world.');
  } finally {
    sensor.close();
  }
}

async function play({ file, samples, speed, originalTimes }: Replay, sensor: Sensor, place: FeedPlace): Promise<void> {
  const { scheduler, say, signal } = place;
  const plan = planReplay(samples, { nowMs: scheduler.nowMs(), speed, originalTimes });
  const pace = speed === Infinity ? 'as fast as they are stored' : `until ${timeOfDay(plan.endsAtMs)}`;
  say(`Replaying ${samples.length} heart rates of ${file}, ${pace}.`);
  const { stored, duplicate, refused, reasons } = await feedReplay(plan, sensor, scheduler, signal);
  say(`Replayed: ${stored} stored, ${duplicate} duplicate, ${refused} refused.`);
  for (const [reason, count] of reasons) say(`  ${count} refused: ${reason}`);
}

function timeOfDay(epochMs: number): string {
  return new Date(epochMs).toLocaleTimeString('en-GB');
}
