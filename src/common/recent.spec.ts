import { Recent } from './recent.js';

describe('Recent', () => {
  it('makes a value once, for as long as it is among those used last', () => {
    const recent = new Recent<string, string>(2);
    const made: string[] = [];
    const get = (key: string): string =>
      recent.get(key, () => {
        made.push(key);
        return `value of ${key}`;
      });
    expect([get('a'), get('b'), get('a'), get('c'), get('a')]).toEqual(
      ['a', 'b', 'a', 'c', 'a'].map((key) => `value of ${key}`),
    );
    expect(made).toEqual(['a', 'b', 'c']);
    get('b');
    expect(made).toEqual(['a', 'b', 'c', 'b']);
    get('a');
    expect(made).toEqual(['a', 'b', 'c', 'b']);
  });

  it('forgets everything when it is told to', () => {
    const recent = new Recent<string, number>(2);
    recent.get('a', () => 1);
    recent.clear();
    expect(recent.get('a', () => 2)).toBe(2);
  });
});
