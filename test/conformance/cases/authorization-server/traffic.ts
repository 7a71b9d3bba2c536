import type { Endpoint } from '../../http/traffic.js';
import { check, type ConformanceCase, Skipped } from '../../suite/conformance-case.js';
import type { World } from '../../world/world.js';

/** What holds for every answer of the run; these cases look back on it and so are run last. */
export const trafficCases: readonly ConformanceCase<World>[] = [
  {
    id: 'T00.1',
    level: 'P0',
    title: 'every answer of the token endpoint is application/json and not cached (Cache-Control: no-store)',
    clauses: ['RFC 6749 5.1', 'RFC 6749 5.2', 'FED-6'],
    run: (world) => expectUncachedJson(world, (endpoint) => endpoint === 'token'),
  },
  {
    id: 'T00.2',
    level: 'P1',
    title: 'every other answer of OAuth and UMA is application/json and not cached (Cache-Control: no-store)',
    clauses: ['FED-6', 'RFC 7591 3.2.1', 'RFC 7662 2.2'],
    run: (world) => expectUncachedJson(world, (endpoint) => endpoint !== 'token'),
  },
];

function expectUncachedJson({ protocol: { traffic } }: World, isMeant: (endpoint: Endpoint) => boolean): Promise<void> {
  if (traffic.count(isMeant) === 0) throw new Skipped('There was no such answer in this run.');
  const faults = traffic.faults(isMeant);
  const [first, ...more] = faults;
  check(first === undefined, `${first ?? ''}${more.length === 0 ? '' : `; and ${more.length} more`}.`);
  return Promise.resolve();
}
