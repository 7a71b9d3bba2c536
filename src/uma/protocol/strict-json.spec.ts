import fc from 'fast-check';

import { isJsonObject, isStringArray, parseStrictJson } from './strict-json.js';

const refusal = expect.objectContaining({ code: 'invalid_request', status: 400 }) as Error;

describe('parseStrictJson', () => {
  it('agrees with JSON.parse wherever no member is repeated', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 6 }), fc.nat(2), (text, indent) => {
        const written = JSON.stringify(JSON.parse(text), undefined, indent);
        expect(parseStrictJson(written)).toEqual(JSON.parse(written));
      }),
    );
  });

  it('refuses any member of any object that stands there twice (FED-3.2-d)', () => {
    const member = fc.string({ unit: 'binary' });
    fc.assert(
      fc.property(member, fc.jsonValue(), fc.jsonValue(), (name, first, second) => {
        const [key, a, b] = [name, first, second].map((value) => JSON.stringify(value));
        expect(() => parseStrictJson(`[{"outer":{${key}:${a},"between ${key?.length}":0,${key}:${b}}}]`)).toThrow(
          refusal,
        );
      }),
    );
  });

  describe('ways to hide a repeated member', () => {
    it.each([
      ['plainly', '{"a":1,"a":2}'],
      ['by an escape', '{"a":1,"\\u0061":2}'],
      ['by an escaped slash', '{"a/b":1,"a\\/b":2}'],
      ['with white space', '{ "a" : 1 , \n\t"a"\r: 2 }'],
      ['behind a nested object of the same member', '{"a":{"a":1},"a":2}'],
      ['behind a list', '{"a":[{"b":1}],"a":[]}'],
      ['behind text that looks like the end', '{"a":"}","a":2}'],
      ['behind an escaped quote', '{"a":"\\"","a":2}'],
      ['as "__proto__"', '{"__proto__":1,"__proto__":2}'],
      ['as the empty name', '{"":1,"":2}'],
    ])('refuses it %s', (_how, text) => {
      expect(() => parseStrictJson(text)).toThrow(refusal);
    });
  });

  it.each([
    ['in different objects', '[{"a":1},{"a":2}]'],
    ['on different levels', '{"a":{"a":{"a":1}}}'],
    ['only as text', '{"a":"\\"a\\":1","b":"a","c":["a","a"]}'],
    ['in another case', '{"a":1,"A":2}'],
  ])('takes the same name %s', (_where, text) => {
    expect(parseStrictJson(text)).toEqual(JSON.parse(text));
  });

  it.each(['', '{', '[1,]', "{'a':1}", '{"a":1}}', 'undefined', '{"a":NaN}'])(
    'refuses %j, which is no JSON',
    (text) => {
      expect(() => parseStrictJson(text)).toThrow(refusal);
    },
  );

  it('takes 32 levels and not one more', () => {
    expect(parseStrictJson('['.repeat(32) + ']'.repeat(32))).toBeDefined();
    expect(() => parseStrictJson('['.repeat(33) + ']'.repeat(33))).toThrow(refusal);
    expect(() => parseStrictJson('{"a":'.repeat(33) + '1' + '}'.repeat(33))).toThrow(refusal);
  });

  it('scans a text of several megabytes in one go', () => {
    const text = JSON.stringify({ a: '\\"x'.repeat(1_000_000) });
    expect(parseStrictJson(text)).toEqual(JSON.parse(text));
  });

  it('repeats nothing of the body in its message', () => {
    expect(() => parseStrictJson('{"secret":1,"secret":2}')).toThrow(/^(?!.*secret)/);
    expect(() => parseStrictJson('secret')).toThrow(/^(?!.*secret)/);
  });
});

describe('isJsonObject and isStringArray', () => {
  it('tell objects from lists, texts and null', () => {
    expect([{}, [], null, 'x', 1, undefined].map(isJsonObject)).toEqual([true, false, false, false, false, false]);
  });

  it('tell lists of texts from other lists', () => {
    expect([[], ['a'], ['a', 1], 'a', {}].map(isStringArray)).toEqual([true, true, false, false, false]);
  });
});
