import { PURPOSE_CODES, purposeName } from './purpose-of-use.js';

describe('the purposes of use', () => {
  it('are the 59 codes of the value set, without the abstract one that is above them', () => {
    expect(PURPOSE_CODES).toHaveLength(59);
    expect(PURPOSE_CODES).toEqual([...PURPOSE_CODES].sort());
    expect(PURPOSE_CODES).not.toContain('PurposeOfUse');
    expect(PURPOSE_CODES).toEqual(expect.arrayContaining(['TREAT', 'HRESCH', 'PATRQT', 'FAMRQT', 'BTG']));
  });

  it('have words for people, and a code that nobody knows stands for itself', () => {
    expect(purposeName('HRESCH')).toBe('research');
    expect(purposeName('FUN')).toBe('FUN');
  });
});
