import { join } from 'node:path';

import { Secret } from '../common/secret.js';
import { demoEnvironments, logFile } from './demo-environment.js';
import type { DemoOptions } from './demo-options.js';
import { demoAddresses, DemoFile, demoFolder, type DemoSeed, type DemoWorld } from './demo-world.js';
import { feedHeart, feedReplay } from './feeds.js';
import { readRecording } from './recordings/recording.js';
import { planReplay } from './replay.js';
import { SystemScheduler } from './scheduler.js';
import { seed } from './seeding.js';
import { Sensor } from './sensor.js';
import { ServerProcess, type ServerStart } from './server-process.js';
import { SimulatedHeart } from './simulator.js';

/** Where the launcher finds the servers and tells how it goes. */
export interface LaunchPlace {
  /** The built entry points. */
  readonly scripts: string;
  /** The folder of all demo worlds, `.data`. */
  readonly dataFolder: string;
  /** Writes a line for the operator. */
  readonly say: (line: string) => void;
  /** Ends the demo when it is aborted. */
  readonly signal: AbortSignal;
}

/**
 * Runs the demo world until it is told to end: the three servers as processes of their own, seeded through their front
 * doors, and a heart that beats.
 *
 * @throws Error in a sentence for the operator, after everything that had started was stopped
 */
export async function launch(options: DemoOptions, place: LaunchPlace): Promise<void> {
  const recording = await readReplay(options, place);
  const folder = demoFolder(place.dataFolder, options.portBase);
  const file = new DemoFile(folder);
  if (options.reset) file.reset();
  const world = file.open(demoAddresses(options.portBase));
  const servers: ServerProcess[] = [];
  try {
    for (const start of startsOf(world, folder, place.scripts)) {
      if (place.signal.aborted) return;
      const server = await ServerProcess.start(start);
      servers.push(server);
      place.say(`✓ ${start.name} listens on ${start.address}`);
    }
    const seeded = world.seeded ?? (await seed(world));
    if (world.seeded === undefined) file.save({ ...world, seeded });
    for (const server of servers) server.seeded();
    place.say('✓ demo world: alice shares with bob, not with carol');
    announce(world, seeded, place);
    await untilOneEnds(servers, feed(seeded, world, options, recording, place), place.signal);
  } finally {
    await Promise.all(servers.reverse().map((server) => server.stop()));
    place.say('All servers have stopped.');
  }
}

type Recording = Awaited<ReturnType<typeof readRecording>>;

/** A recording that cannot be read is told before anything starts. */
async function readReplay({ replay, timeZone }: DemoOptions, { say }: LaunchPlace): Promise<Recording | undefined> {
  if (replay === undefined) return undefined;
  return await readRecording(replay, { warn: say, ...(timeZone === undefined ? {} : { timeZone }) });
}

function startsOf(
  world: DemoWorld,
  folder: string,
  scripts: string,
): readonly (ServerStart & { readonly address: string })[] {
  const environments = demoEnvironments(world, folder);
  const start = (name: string, script: string, environment: Readonly<Record<string, string>>, address: string) => ({
    name,
    script: join(scripts, `main.${script}.js`),
    environment,
    logFile: logFile(folder, script),
    address,
  });
  return [
    start('authorization server', 'authorization-server', environments.authorizationServer, world.issuer),
    start('resource server', 'resource-server', environments.resourceServer, world.resourceServer),
    start('client server', 'client', environments.client, world.client),
  ];
}

function announce(world: DemoWorld, { resource }: DemoSeed, { say }: LaunchPlace): void {
  say('');
  say(`  Bob opens what Alice shares   ${world.client}/open?resource=${encodeURIComponent(resource)}`);
  say(`  Alice's heart and sensors     ${world.resourceServer}/`);
  say(`  Alice shares and stops        ${world.issuer}/account`);
  say('  They sign in as alice, bob or carol; the password is demo.');
  say('');
  say(`  Clients register with         ${world.registrationToken}`);
  say('  Press Ctrl-C to stop.');
  say('');
}

/** Waits until the operator ends the demo, or a server or the feed fails. */
async function untilOneEnds(
  servers: readonly ServerProcess[],
  feeding: Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  const stopped = new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => {
      resolve();
    });
  });
  const failed = servers.map(async (server) => {
    const how = await server.ended();
    if (!signal.aborted) throw new Error(`The ${server.name} has ended (${how}).`);
  });
  // A feed that is done leaves the servers running; one that fails ends the demo.
  await Promise.race([stopped, ...failed, feeding.then(() => stopped)]);
}

async function feed(
  seeded: DemoSeed,
  world: DemoWorld,
  { speed, originalTimes, replay }: DemoOptions,
  recording: Recording | undefined,
  { say, signal }: LaunchPlace,
): Promise<void> {
  const scheduler = new SystemScheduler();
  const credential = new Secret(recording === undefined ? seeded.chestStrap : seeded.recordingPlayer);
  const sensor = new Sensor({ url: world.resourceServer, credential, scheduler });
  try {
    if (recording === undefined) {
      await feedHeart(new SimulatedHeart(scheduler.nowMs()), sensor, scheduler, signal);
      return;
    }
    const plan = planReplay(recording, { nowMs: scheduler.nowMs(), speed, originalTimes });
    say(
      `Replaying ${recording.length} heart rates of ${replay ?? ''}, until ${new Date(plan.endsAtMs).toLocaleString()}.`,
    );
    const { stored, duplicate, refused, reasons } = await feedReplay(plan, sensor, scheduler, signal);
    say(`Replayed: ${stored} stored, ${duplicate} duplicate, ${refused} refused.`);
    for (const [reason, count] of reasons) say(`  ${count} refused: ${reason}`);
  } finally {
    sensor.close();
  }
}
