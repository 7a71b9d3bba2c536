import { randomInt } from 'node:crypto';

import { requireFreePorts } from '../../src/demo/free-ports.js';

/** Below the ports that the system gives away by itself, so that nobody else takes one before it is used. */
const FIRST = 10_000;
/** The one port from there on that `fetch` refuses to call. @see WHATWG Fetch section 2.9 (bad ports) */
const BLOCKED = 10_080;
/** Jest's workers run at the same time: each takes its ports from a range of its own. */
const RANGE = 5_000;
/** What a demo world takes from its base on. */
const WORLD = 100;

const first = FIRST + ((Number(process.env['JEST_WORKER_ID'] ?? 1) - 1) % 4) * RANGE;
// A new file begins somewhere else: what the last one used may take a while to end.
let taken = randomInt(RANGE);

/** A port of this machine that nobody listens on; for servers that have to know their address before they start. */
export async function freePort(): Promise<number> {
  const port = next(1);
  return port !== BLOCKED && (await areFree([port])) ? port : freePort();
}

/** A `--port-base` for a demo world. */
export async function freePortBase(): Promise<number> {
  const base = next(WORLD);
  return (await areFree([base + 30, base + 40, base + 80])) ? base : freePortBase();
}

/** Takes the next ports of the range. @returns the first of them */
function next(count: number): number {
  const at = taken % RANGE;
  taken = at + count;
  return at + count <= RANGE ? first + at : next(count);
}

async function areFree(ports: readonly number[]): Promise<boolean> {
  try {
    await requireFreePorts(ports);
    return true;
  } catch {
    return false;
  }
}
