/** One result, as it is written to a file. */
export interface Entry {
  readonly name: string;
  /** The figures that are compared, medians, in `unit`; null where nothing was measured. */
  readonly ours: number | null;
  readonly against: number | null;
  readonly unit: string;
  /** What ours is compared with. */
  readonly contestant: string;
  /** Ours by the other, the median of the rounds; where the goal is absolute, the figure in the goal's unit. */
  readonly ratio: number | null;
  /** Begins with `>=` or `<=`. */
  readonly goal: string;
  readonly met: boolean;
  /** The distance between the quartiles of the ratio, in parts of it. */
  readonly spread: number | null;
  readonly rounds: number;
  /** Whether the result counts. */
  readonly valid: boolean;
  /** Why it does not, and what else is to be known. */
  readonly remarks: readonly string[];
  /** The servers' CPU time per operation in microseconds, medians. */
  readonly cpuMicros?: { readonly ours: number; readonly against: number };
}

/** Whether a figure reaches a goal such as `>=10` or `<=1`. @throws Error when that is no goal */
export function isMet(goal: string, figure: number): boolean {
  const [, sign, limit] = /^(>=|<=)([\d.]+)$/.exec(goal) ?? [];
  if (sign === undefined) throw new Error(`${goal} is not a goal.`);
  return sign === '>=' ? figure >= Number(limit) : figure <= Number(limit);
}

/** An entry for which a contestant was not there. */
export function missingEntry(name: string, goal: string, contestant: string, remedy: string): Entry {
  return {
    ...{ name, ours: null, against: null, unit: '', contestant, ratio: null, goal },
    ...{ met: false, spread: null, rounds: 0, valid: false },
    remarks: [`${contestant} is missing; get it by \`${remedy}\``],
  };
}
