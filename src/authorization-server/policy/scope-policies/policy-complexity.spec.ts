import { faultsOf } from './policy-check.js';
import { isTooComplex } from './policy-complexity.js';

const policy = (condition: string): string => `permit (principal, action, resource) when { ${condition} };`;
// The braces of the condition are one level themselves.
const nested = (levels: number): string => '('.repeat(levels - 1) + 'true' + ')'.repeat(levels - 1);

describe('a policy', () => {
  it.each([
    ['is nested 30 levels deep', policy(nested(30))],
    ['has many levels one after another', policy(Array.from({ length: 200 }, () => '(true)').join(' && '))],
    ['nests records and sets', policy('{a: [1, {b: 2}]} == {a: [1]}')],
    ['has 30 branches', policy('if true then true else '.repeat(30) + 'true')],
    ['has 30 sums', policy(`${'1 + '.repeat(30)}1 > 0`)],
    ['has 150 attributes', policy(`context${'.a'.repeat(150)}`)],
    ['has 20,000 characters', policy('true').padEnd(20_000)],
    ['has brackets, dots, signs and branches in texts', policy(`principal.subject == "${'(.+if '.repeat(200)}"`)],
    ['has quotation marks in texts', policy(`principal.subject == "\\"${'('.repeat(40)}"`)],
    ['has brackets in comments', `// ${'('.repeat(100)}\n${policy('true')}`],
    ['has many statements', Array.from({ length: 100 }, () => policy('1 + 1 > 0 && context.client == ""')).join('\n')],
  ])('can be looked at that %s', (_what, text) => {
    expect(isTooComplex(text)).toBe(false);
  });

  it.each([
    ['is nested 31 levels deep', policy(nested(31))],
    ['is nested deeply in a later statement', `${policy('true')}${policy(nested(31))}`],
    ['nests 31 sets', policy('['.repeat(30) + ']'.repeat(30))],
    ['nests 31 records', policy('{a:'.repeat(30) + '1' + '}'.repeat(30))],
    ['has 31 branches', policy('if true then true else '.repeat(31) + 'true')],
    ['has 31 sums', policy(`${'1 - '.repeat(31)}1 > 0`)],
    ['has 31 products', policy(`${'1 * '.repeat(31)}1 > 0`)],
    ['has 151 attributes', policy(`context${'.a'.repeat(151)}`)],
    ['has 20,001 characters', policy('true').padEnd(20_001)],
  ])('is too complex that %s', (_what, text) => {
    expect(isTooComplex(text)).toBe(true);
  });

  it('does not run over the stack of the evaluator where it is not too complex', async () => {
    const deepest = policy(
      `${'('.repeat(28)}${'if true then '.repeat(30)}1${' + 1'.repeat(30)} > context${'.a'.repeat(150)}` +
        `${' else false'.repeat(30)}${')'.repeat(28)}`,
    );
    expect(isTooComplex(deepest)).toBe(false);
    expect(await faultsOf(deepest, ['read'])).toMatchObject([{ message: expect.stringContaining('`a`') as string }]);
    expect(await faultsOf(policy('true'), ['read'])).toEqual([]);
  });
});
