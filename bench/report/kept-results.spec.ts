import { blockOf, type Kept, merged, withBlock } from './kept-results.js';

const result = (name: string, more: Partial<Kept> = {}): Kept => ({
  ...{ name, ours: 2, against: 1, unit: '/s', contestant: 'the other', ratio: 2, goal: '>=1', met: true },
  ...{ spread: 0, rounds: 7, valid: true, remarks: [], date: '2026-11-26', node: 'v24.0.0', machine: '2 × processor' },
  ...more,
});

describe('the results that are kept', () => {
  it('are renewed one by one', () => {
    const kept = [result('a'), result('b')];
    expect(merged(kept, [result('b', { ratio: 3 }), result('c')])).toEqual([
      result('a'),
      result('b', { ratio: 3 }),
      result('c'),
    ]);
  });

  it('give no place to one that does not count', () => {
    expect(merged([result('a')], [result('a', { ratio: 9, valid: false }), result('b', { valid: false })])).toEqual([
      result('a'),
    ]);
  });

  it('are shown with where they come from, and with what falls short', () => {
    const block = blockOf([result('a'), result('b', { ratio: 0.5, met: false })]);
    expect(block).toContain('| `a` |');
    expect(block).toContain('Short of its goal: `b` (0.5 of ≥ 1).');
    expect(block).toContain('Measured on 2 × processor, Node v24.0.0, 2026-11-26.');
  });

  it('take the place of what a page showed before', () => {
    const page = 'before\n<!-- benchmarks: begin -->\n\nold\n\n<!-- benchmarks: end -->\nafter\n';
    const now = withBlock(page, 'new');
    expect(now).toBe('before\n<!-- benchmarks: begin -->\n\nnew\n\n<!-- benchmarks: end -->\nafter\n');
    expect(withBlock(now, 'old')).toBe(page);
    expect(() => withBlock('a page', 'new')).toThrow('has no');
  });
});
