import { faultsOf } from './policy-check.js';
import { isTooComplex } from './policy-complexity.js';

const HEAD = 'permit (principal, action, resource)';
const policy = (condition: string): string => `${HEAD} when { ${condition} };`;
const joined = (sign: string, count: number): string => Array.from({ length: count }, () => '"a" != ""').join(sign);
const wrapped = (before: string, middle: string, after: string, times: number): string =>
  before.repeat(times) + middle + after.repeat(times);

/** Texts of `size` and what they are of; the condition with its braces makes them two deeper. */
const SHAPES: readonly (readonly [string, (size: number) => string])[] = [
  ['brackets', (size) => policy(wrapped('(', 'true', ')', size))],
  ['sets', (size) => policy(wrapped('[', '', ']', size / 2))],
  ['records', (size) => policy(wrapped('{a:', '1', '}', size))],
  ['comparisons in brackets', (size) => policy(wrapped('(1 == ', '1', ')', size))],
  ['negations in brackets', (size) => policy(wrapped('!(', 'true', ')', size / 2))],
  ['calls in calls', (size) => policy(wrapped('principal.hasTag(', '"a"', ')', size / 2))],
  ['branches', (size) => policy(`${'if true then true else '.repeat(size)}true`)],
  ['conditions of branches', (size) => policy(wrapped('if ', 'true', ' then true else false', size))],
  ['sums', (size) => policy(`${'1 + '.repeat(size)}1 > 0`)],
  ['differences', (size) => policy(`${'1 - '.repeat(size)}1 > 0`)],
  ['products', (size) => policy(`${'1 * '.repeat(size)}1 > 0`)],
  ['attributes', (size) => policy(`context${'.a'.repeat(size)}`)],
  ['attributes in quotation marks', (size) => policy(`context${'["a"]'.repeat(size - 1)}`)],
  ['calls one after another', (size) => policy(`principal${'.hasTag("a")'.repeat(size - 1)}`)],
  ['things that all have to be', (size) => policy(joined(' && ', size + 1))],
  ['alternatives', (size) => policy(joined(' || ', size + 1))],
  ['conditions', (size) => `${HEAD}${' when { "a" != "" }'.repeat(size + 1)};`],
  ['exceptions', (size) => `${HEAD}${' unless { "a" == "" }'.repeat(size + 1)};`],
];

describe('a policy', () => {
  it.each(SHAPES)('can be looked at that has 48 %s, and not one that has far more', (_what, shape) => {
    expect(isTooComplex(shape(48))).toBe(false);
    expect(isTooComplex(shape(52))).toBe(true);
    expect(isTooComplex(`${policy('true')}${shape(1000)}`)).toBe(true);
  });

  it('is as deep as all of its parts together', () => {
    const parts = [10, 10, 10, 10] as const;
    const nested = ([ifs, sums, dots, joins]: readonly [number, number, number, number]): string =>
      policy(
        `${'if true then true else '.repeat(ifs)}(1${' + 1'.repeat(sums)} > context${'.a'.repeat(dots)})${' && true'.repeat(joins)}`,
      );
    expect(isTooComplex(nested(parts))).toBe(false);
    expect(isTooComplex(nested([20, 20, 20, 20]))).toBe(true);
  });

  it.each([
    ['has many brackets one after another', policy(Array.from({ length: 40 }, () => '(true)').join(' && '))],
    ['looks at many attributes', policy(Array.from({ length: 40 }, () => 'context.client == ""').join(' && '))],
    ['has a long set', policy(`[${Array.from({ length: 400 }, () => '"a"').join()}].contains("a")`)],
    ['nests records and sets', policy('{a: [1, {b: 2}]} == {a: [1]}')],
    ['has 20,000 characters', policy('true').padEnd(20_000)],
    ['has brackets, dots, signs and branches in texts', policy(`principal.subject == "${'(.+&&if '.repeat(200)}"`)],
    ['has quotation marks in texts', policy(`principal.subject == "\\"${'('.repeat(60)}"`)],
    ['has brackets in comments', `// ${'('.repeat(100)}\n${policy('true')}`],
    ['has many statements', Array.from({ length: 100 }, () => policy('1 + 1 > 0 && context.client == ""')).join('\n')],
    ['names the types in its head', 'permit (principal is Person, action, resource is Resource) when { true };'],
  ])('can be looked at that %s', (_what, text) => {
    expect(isTooComplex(text)).toBe(false);
  });

  it.each([
    ['has 20,001 characters', policy('true').padEnd(20_001)],
    // Each level of these makes Cedar write out twice what is inside.
    ['asks for types of types', policy(wrapped('(', 'principal', ' is Person in principal)', 4))],
    ['asks for attributes of attributes', policy(wrapped('(', 'principal', ' has a.b)', 4))],
    ['does so over several lines', policy(wrapped('(', 'principal', ' has a // b\n . b)', 4))],
  ])('is too complex that %s', (_what, text) => {
    expect(isTooComplex(text)).toBe(true);
  });

  it('does not run over the stack of the evaluator where it is not too complex, however warm that is', () => {
    const deepest = SHAPES.map(([, shape]) => shape(48));
    const faults = Array.from({ length: 20 }, () => deepest.flatMap((text) => faultsOf(text, ['read']))).flat();
    expect(faults.filter(({ message }) => message.includes('too deeply'))).toEqual([]);
    expect(faultsOf(policy('true'), ['read'])).toEqual([]);
  });
});
