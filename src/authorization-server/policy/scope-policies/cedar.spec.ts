import { type Cedar, isBreakdown, withCedar } from './cedar.js';
import { faultsOf } from './policy-check.js';
import { ParsedPolicy } from './parsed-policy.js';

const HEAD = 'permit (principal, action, resource)';
const ENDLESS = `${HEAD} when { ${'!('.repeat(5_000)}true${')'.repeat(5_000)} };`;
const REQUEST = {
  ...{ principal: { type: 'Person', id: 'b' }, action: { type: 'Action', id: 'read' } },
  ...{ resource: { type: 'Resource', id: 'r' }, context: {}, entities: [] },
};

function breakDown(): unknown {
  try {
    return withCedar((cedar) => cedar.checkParsePolicySet({ staticPolicies: ENDLESS }));
  } catch (error) {
    return error;
  }
}
const evaluator = (): Cedar => withCedar((cedar) => cedar);
const policyOf = (cedar: string) =>
  new ParsedPolicy({ id: 'p', name: 'P', scopes: ['read'], cedar, createdMs: 0, changedMs: 0 });

describe('the evaluator of policies', () => {
  it('is one for all', () => {
    expect(evaluator()).toBe(evaluator());
  });

  it('is a fresh one after it broke down, and policies go on as before', () => {
    const [allowing, refusing] = [policyOf(`${HEAD};`), policyOf(`${HEAD} when { false };`)];
    expect([allowing.permits(REQUEST), refusing.permits(REQUEST)]).toEqual([true, false]);
    const before = evaluator();
    expect(isBreakdown(breakDown())).toBe(true);
    expect(evaluator()).not.toBe(before);
    expect([allowing.permits(REQUEST), refusing.permits(REQUEST)]).toEqual([true, false]);
    expect(faultsOf(`${HEAD};`, ['read'])).toEqual([]);
  });

  it('stays after an error that is not its own', () => {
    const before = evaluator();
    const fail = (): never => {
      throw new TypeError('no');
    };
    expect(() => withCedar(fail)).toThrow('no');
    expect(evaluator()).toBe(before);
  });

  it('never sees a policy that is too complex, and was stored all the same', () => {
    const before = evaluator();
    const stored = policyOf(`${HEAD}${' when { "a" != "" }'.repeat(1_000)};`);
    expect(stored.permits(REQUEST)).toBe(false);
    expect(evaluator()).toBe(before);
  });
});
