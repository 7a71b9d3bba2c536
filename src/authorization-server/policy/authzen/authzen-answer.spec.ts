import { decisionsIn, EXTERNAL_DENIAL, objectionIn } from './authzen-answer.js';

const RULE = { kind: 'external-decision-point' };

describe('what an external decision point answers', () => {
  it('is an objection unless it is exactly a yes', () => {
    expect(objectionIn({ decision: true })).toBeUndefined();
    expect(objectionIn({ decision: true, context: { outcome: 'deny' } })).toBeUndefined();
  });

  it.each([
    undefined,
    null,
    true,
    'true',
    [],
    {},
    { decision: 'true' },
    { decision: 1 },
    { decision: null, context: { outcome: 'need_owner' } },
    { decision: false },
    { decision: false, context: null },
    { decision: false, context: 'need_owner' },
    { decision: false, context: {} },
    { decision: false, context: { outcome: 'permit' } },
    { decision: false, context: { outcome: 'need_claims' } },
    { decision: false, context: { outcome: 'need_claims', claims: [] } },
    { decision: false, context: { outcome: 'need_claims', claims: { name: 'role' } } },
    { decision: false, context: { outcome: 'need_claims', claims: ['role', { name: '' }, { name: 7 }, {}] } },
    { decision: false, context: { outcome: 'need_claims', claims: [{ name: 'role', issuers: 'https://a.test' }] } },
    { decision: false, context: { claims: [{ name: 'role' }] } },
  ])('denies: %j', (answer) => {
    expect(objectionIn(answer)).toBe(EXTERNAL_DENIAL);
    expect(EXTERNAL_DENIAL).toEqual({ decision: false, context: { outcome: 'deny', rule: RULE } });
  });

  it('may say that the owner has to be asked', () => {
    expect(objectionIn({ decision: false, context: { outcome: 'need_owner' } })).toEqual({
      decision: false,
      context: { outcome: 'need-owner', rule: RULE },
    });
  });

  it('may say which claims would help, of which issuers', () => {
    const claims = [{ name: 'role' }, { name: 'ward', issuers: ['https://clinic.test', 7] }, { name: 1 }];
    expect(objectionIn({ decision: false, context: { outcome: 'need_claims', claims } })).toEqual({
      decision: false,
      context: {
        outcome: 'need-claims',
        rule: RULE,
        claims: [
          { name: 'role', issuers: [] },
          { name: 'ward', issuers: ['https://clinic.test'] },
        ],
        shareIds: [],
      },
    });
  });

  it('has as many decisions as there were questions, or none', () => {
    expect(decisionsIn({ evaluations: [{ decision: true }, 'x'] }, 2)).toEqual([{ decision: true }, 'x']);
    for (const answer of [{ evaluations: [{ decision: true }] }, { evaluations: {} }, {}, [], null, undefined]) {
      expect(decisionsIn(answer, 2)).toEqual([undefined, undefined]);
    }
  });
});
