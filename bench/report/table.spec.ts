import type { Entry } from './entry.js';
import { remarks, rounded, table } from './table.js';

const ENTRY: Entry = {
  ...{
    name: 'uma-grant',
    ours: 5321.4,
    against: 412.9,
    unit: 'grants/s',
    contestant: 'Keycloak 26.7.0',
    ratio: 12.888,
  },
  ...{ goal: '>=10', met: true, spread: 0.0412, rounds: 7, valid: true, remarks: ['a remark'] },
  cpuMicros: { ours: 187.2, against: 2381 },
};

describe('the table of results', () => {
  it('shows figures with the digits that count', () => {
    expect(table([ENTRY]).split('\n')[2]).toBe(
      '| `uma-grant` | 5,320 grants/s | 413 (Keycloak 26.7.0) | 12.9 | ≥ 10 | yes | 4.12 % | 187 / 2,380 µs |',
    );
  });

  it('tells what falls short from what does not count', () => {
    const reached = (more: Partial<Entry>) =>
      table([{ ...ENTRY, ...more }])
        .split('\n')[2]
        ?.split(' | ')[5];
    expect([reached({}), reached({ met: false }), reached({ valid: false })]).toEqual(['yes', '**no**', 'void']);
  });

  it('shows a dash where nothing was measured', () => {
    const { cpuMicros, ...rest } = ENTRY;
    expect(cpuMicros).toBeDefined();
    const missing = { ...rest, ours: null, against: null, ratio: null, spread: null };
    expect(table([missing]).split('\n')[2]).toBe('| `uma-grant` | — | Keycloak 26.7.0 | — | ≥ 10 | yes | — | — |');
    expect(rounded(NaN)).toBe('—');
  });

  it('keeps remarks with the name of what they are about', () => {
    expect(remarks([ENTRY])).toEqual(['uma-grant: a remark']);
  });
});
