import type { Entry } from './entry.js';

const COLUMNS = ['what', 'ours', 'against', 'ratio', 'goal', 'reached', 'spread', 'CPU per operation, ours / theirs'];

/** The results as a table in Markdown, for people. */
export function table(entries: readonly Entry[]): string {
  const rows = [COLUMNS, COLUMNS.map(() => '---'), ...entries.map(rowOf)];
  return rows.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** What is to be known beside the figures: a line for each remark. */
export function remarks(entries: readonly Entry[]): readonly string[] {
  return entries.flatMap(({ name, remarks: all }) => all.map((remark) => `${name}: ${remark}`));
}

function rowOf({ name, ours, against, unit, contestant, ratio, goal, met, valid, spread, cpuMicros }: Entry) {
  return [
    `\`${name}\``,
    ours === null ? '—' : `${rounded(ours)} ${unit}`,
    against === null ? contestant : `${rounded(against)} (${contestant})`,
    ratio === null ? '—' : rounded(ratio),
    goal.replace('>=', '≥ ').replace('<=', '≤ '),
    valid ? (met ? 'yes' : '**no**') : 'void',
    spread === null ? '—' : `${rounded(spread * 100)} %`,
    cpuMicros === undefined ? '—' : `${rounded(cpuMicros.ours)} / ${rounded(cpuMicros.against)} µs`,
  ];
}

/** Three digits that count. */
export function rounded(value: number): string {
  if (!Number.isFinite(value)) return '—';
  return Number(value.toPrecision(3)).toLocaleString('en', { maximumFractionDigits: 3 });
}
