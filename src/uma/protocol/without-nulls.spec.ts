import { withoutNulls } from './without-nulls.js';

describe('withoutNulls', () => {
  it('leaves out the members that are null, however deep, and nothing else', () => {
    const value = { a: null, b: 0, c: '', d: false, e: [null, { f: null, g: [] }], h: { i: null } };
    expect(withoutNulls(value)).toEqual({ b: 0, c: '', d: false, e: [null, { g: [] }], h: {} });
    expect(withoutNulls(null)).toBeNull();
  });
});
