import type { Run } from '../line.js';
import type { Operation } from '../measure/operation.js';
import { type Contender, type Generator, measureInTurns } from '../measure/rounds.js';
import { compare, type Comparison } from '../report/compare.js';
import type { Entry } from '../report/entry.js';

/** Compares how often two servers do something in a second. */
export async function compareRates<What = Operation>(
  run: Pick<Run, 'plan'> & { readonly load: Generator<What> },
  what: Pick<Comparison, 'name' | 'goal' | 'unit'>,
  ours: Contender<What>,
  theirs: Contender<What>,
): Promise<Entry> {
  const [our = [], their = []] = await measureInTurns(run.load, [ours, theirs], run.plan(2));
  return compare({ ...what, contestant: theirs.name, figure: ({ rate }) => rate }, our, their);
}
