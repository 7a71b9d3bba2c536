import { once } from 'node:events';
import { join } from 'node:path';

import { demoEnvironments, type ProcessEnvironment } from './demo-environment.js';
import { feedDemo, type Replay } from './demo-feed.js';
import { DemoFolder } from './demo-folder.js';
import type { DemoOptions } from './demo-options.js';
import { demoAddresses, type DemoWorld } from './demo-world.js';
import { requireFreePorts } from './free-ports.js';
import { readRecording } from './recordings/recording.js';
import { SystemScheduler } from './scheduler.js';
import { seed } from './seeding.js';
import { ServerProcess } from './server-process.js';

/** Where the launcher finds the servers and tells how it goes. */
export interface LaunchPlace {
  /** The folder of the built entry points. */
  readonly scripts: string;
  /** The folder of all demo worlds, `.data`. */
  readonly dataFolder: string;
  /** Writes a line for the operator. */
  readonly say: (line: string) => void;
  /** Ends the demo when it is aborted. */
  readonly signal: AbortSignal;
}

/** A server of the demo, and where it is to be found. */
interface DemoServer {
  readonly process: ServerProcess;
  readonly address: string;
}

/**
 * Runs the demo world until it is told to end: the three servers as processes of their own, seeded through their front
 * doors, and a heart that beats.
 *
 * @throws Error in a sentence for the operator, after everything that had started was stopped
 */
export async function launch(options: DemoOptions, place: LaunchPlace): Promise<void> {
  const replay = await readReplay(options, place);
  const addresses = demoAddresses(options.portBase);
  // Before anything is written or taken away: the servers that listen there may be those of this very folder.
  await requireFreePorts(Object.values(addresses).map((address: string) => Number(new URL(address).port)));
  if (place.signal.aborted) return;
  const folder = DemoFolder.below(place.dataFolder, options.portBase);
  if (options.reset) folder.reset();
  const world = folder.open(addresses);
  const servers = startServers(world, folder.path, place.scripts);
  const over = new AbortController();
  const signal = AbortSignal.any([place.signal, over.signal]);
  try {
    await Promise.race([run(servers, world, folder, replay, { ...place, signal }), aborted(signal)]);
  } catch (error) {
    // Servers that were told to end together with us are no failure.
    if (!signal.aborted) throw error;
  } finally {
    over.abort();
    await Promise.all(servers.map((server) => server.process.stop()));
    place.say('All servers have stopped.');
  }
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, 'abort');
}

/** A recording that cannot be read is told before anything starts. */
async function readReplay(options: DemoOptions, { say }: LaunchPlace): Promise<Replay | undefined> {
  const { replay: file, timeZone, speed, originalTimes } = options;
  if (file === undefined) return undefined;
  const samples = await readRecording(file, { warn: say, ...(timeZone === undefined ? {} : { timeZone }) });
  return { file, samples, speed, originalTimes };
}

function startServers(world: DemoWorld, folder: string, scripts: string): readonly DemoServer[] {
  const environments = demoEnvironments(world, folder);
  const start = (name: string, script: string, environment: ProcessEnvironment, address: string): DemoServer => ({
    address,
    process: new ServerProcess({
      name,
      script: join(scripts, `main.${script}.js`),
      environment,
      logFile: join(folder, `${script}.log`),
    }),
  });
  return [
    start('authorization server', 'authorization-server', environments.authorizationServer, world.issuer),
    start('resource server', 'resource-server', environments.resourceServer, world.resourceServer),
    start('client server', 'client', environments.client, world.client),
  ];
}

/**
 * Brings the demo world to life and never comes back; rejects when something fails or a server ends. Once it is told to
 * end it calls nothing ready any more.
 */
async function run(
  servers: readonly DemoServer[],
  world: DemoWorld,
  folder: DemoFolder,
  replay: Replay | undefined,
  place: LaunchPlace,
): Promise<void> {
  const listen = async ({ process, address }: DemoServer): Promise<void> => {
    await process.listening;
    place.signal.throwIfAborted();
    place.say(`✓ ${process.name} listens on ${address}`);
  };
  const live = async (): Promise<void> => {
    const seeded = world.seeded ?? (await seed(world));
    if (world.seeded === undefined) folder.save({ ...world, seeded });
    place.signal.throwIfAborted();
    for (const { process } of servers) process.seeded();
    place.say('✓ demo world is complete');
    announce(world, seeded.resource, place);
    await feedDemo({ ...world, seeded }, replay, { ...place, scheduler: new SystemScheduler() });
  };
  const last = async ({ process }: DemoServer): Promise<void> => {
    throw new Error(`The ${process.name} has ended (${await process.ended}).`);
  };
  await Promise.all(servers.map(listen));
  await Promise.all([live(), ...servers.map(last)]);
}

function announce(world: DemoWorld, resource: string, { say }: LaunchPlace): void {
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
