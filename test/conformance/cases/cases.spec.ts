import { allCases } from './all-cases.js';

const CLAUSE = /^(?:GRANT-\d[\w.-]*|FED-\d[\w.-]*|RS-\d+|C-\d+|SEC-\d+|RFC \d{4}(?: [\d.]+)?)$/;

describe('the cases of the conformance suite', () => {
  it('have ids of their own, in order', () => {
    const ids = allCases.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.every((id) => /^T\d\db?(?:\.\d)?$/.test(id))).toBe(true);
    const numbers = ids.map((id) => Number(id.slice(1, 3)));
    expect(numbers).toEqual([...numbers].sort((one, other) => one - other));
  });

  it('cover T00 to T54', () => {
    const numbers = new Set(allCases.map(({ id }) => Number(id.slice(1, 3))));
    expect([...numbers]).toEqual(Array.from({ length: 55 }, (_unused, number) => number));
  });

  it.each(allCases)('$id says what holds, and cites the clauses that demand it', ({ title, clauses }) => {
    expect(title).toMatch(/^[a-z0-9][^\n]{15,140}$/);
    expect(clauses.length).toBeGreaterThan(0);
    expect(clauses.filter((clause) => !CLAUSE.test(clause))).toEqual([]);
  });
});
