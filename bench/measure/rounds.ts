import type { Load, Ran } from './load.js';
import type { Meter } from './meter.js';
import type { Operation } from './operation.js';

/** Does operations of some kind. */
export interface Generator<What> extends Pick<Load, 'run'> {
  prepare(name: string, operation: What): Promise<unknown>;
}

/** A server that takes part, and what it is asked to do: requests, if nothing else is said. */
export interface Contender<What = Operation> {
  readonly name: string;
  readonly operation: What;
  readonly meter: Meter;
}

/** What came of one slice of load on one server. */
export interface Slice extends Ran {
  /** Operations per second. */
  readonly rate: number;
  /** The server's CPU time per operation, in microseconds. */
  readonly cpuMicros: number;
  /** In which part of the time the server had something to do. */
  readonly busy: number;
}

/** How slices are laid out. */
export interface Plan {
  readonly rounds: number;
  readonly sliceMs: number;
  /** How long each server is asked before anything counts. */
  readonly warmUpMs: number;
  /** What is left of the time: no round begins when it is over. */
  readonly leftMs: () => number;
}

/**
 * Measures servers in turns, so that what happens to the machine meanwhile happens to all of them.
 *
 * @returns for each contender, in their order, its slices round by round
 */
export async function measureInTurns<What>(
  load: Generator<What>,
  contenders: readonly Contender<What>[],
  { rounds, sliceMs, warmUpMs, leftMs }: Plan,
): Promise<readonly (readonly Slice[])[]> {
  for (const { name, operation } of contenders) await load.prepare(name, operation);
  for (const { name } of contenders) await load.run(name, warmUpMs);
  const slices: Slice[][] = contenders.map(() => []);
  for (let round = 0; round < rounds && leftMs() > 0; round += 1) {
    for (const [index, contender] of contenders.entries()) {
      slices[index]?.push(await measureOnce(load, contender, sliceMs));
    }
  }
  return slices;
}

async function measureOnce<What>(
  load: Pick<Load, 'run'>,
  { name, meter }: Contender<What>,
  sliceMs: number,
): Promise<Slice> {
  const before = await meter();
  const ran = await load.run(name, sliceMs);
  const after = await meter();
  return {
    ...ran,
    rate: (ran.operations / ran.milliseconds) * 1000,
    cpuMicros: (after.cpuMicros - before.cpuMicros) / ran.operations,
    busy: Math.min(1, (after.busyMs - before.busyMs) / ran.milliseconds),
  };
}
