import { isSelected, unknownOf } from './selection.js';

describe('--only', () => {
  it.each([
    ['T17', ['T17'], true],
    ['T20.1', ['T17', 'T20'], true],
    ['T20.1', ['T20.1'], true],
    ['T20.2', ['T20.1'], false],
    ['T32b.1', ['T32'], false],
    ['T32b.1', ['T32b'], true],
    ['T1', [], true],
  ])('of %s, asked for %j: %s', (id, only, selected) => {
    expect(isSelected(id, only)).toBe(selected);
  });

  it('tells which ids mean no case', () => {
    const cases = [{ id: 'T17' }, { id: 'T20.1' }];
    expect(unknownOf(['T17', 'T20', 'T20.1'], cases)).toEqual([]);
    expect(unknownOf(['T99', 'T20', 'T20.2'], cases)).toEqual(['T99', 'T20.2']);
  });
});
