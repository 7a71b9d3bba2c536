import * as fc from 'fast-check';

import { type Decision, deny, type Refusal } from './decision.js';
import { isOpenToObjections, restricted } from './restriction.js';

const PERMIT: Decision = {
  decision: true,
  context: { outcome: 'permit', rule: { kind: 'share', id: 's1' }, shareId: 's1', untilMs: 5_000 },
};
const NEED_OWNER: Refusal = { decision: false, context: { outcome: 'need-owner', rule: { kind: 'access-requests' } } };
const needClaims = (...shareIds: string[]): Refusal => ({
  decision: false,
  context: { outcome: 'need-claims', rule: { kind: 'share' }, claims: [{ name: 'role', issuers: [] }], shareIds },
});
const DENIAL = deny({ kind: 'no-share' });
const EXTERNAL = { kind: 'external-decision-point' } as const;
const EXTERNAL_NEED_OWNER: Refusal = { decision: false, context: { outcome: 'need-owner', rule: EXTERNAL } };
const EXTERNAL_DENIAL = deny(EXTERNAL);

describe('an objection to a decision', () => {
  it.each([
    ['permit', PERMIT, true],
    ['leave to the owner', NEED_OWNER, true],
    ['ask for claims', needClaims(), false],
    ['deny', DENIAL, false],
  ])('matters to a decision to %s: %#', (_what, decision, expected) => {
    expect(isOpenToObjections(decision)).toBe(expected);
  });

  it('that is none leaves the decision as it is', () => {
    for (const decision of [PERMIT, NEED_OWNER, needClaims(), DENIAL])
      expect(restricted(decision, undefined)).toBe(decision);
  });

  it('denies what was permitted, and what the owner would have been bothered with in vain', () => {
    expect(restricted(PERMIT, EXTERNAL_DENIAL)).toBe(EXTERNAL_DENIAL);
    expect(restricted(NEED_OWNER, EXTERNAL_DENIAL)).toBe(EXTERNAL_DENIAL);
  });

  it('leaves a person who is to say more, and one who was denied, with what they were told', () => {
    for (const objection of [EXTERNAL_DENIAL, EXTERNAL_NEED_OWNER, needClaims()]) {
      expect(restricted(DENIAL, objection)).toBe(DENIAL);
      const asked = needClaims('s2');
      expect(restricted(asked, objection)).toBe(asked);
    }
  });

  it('that asks for claims ties them to the share that they are asked for, so that they go with it', () => {
    expect(restricted(PERMIT, needClaims('s2'))).toEqual(needClaims('s2', 's1'));
    expect(restricted(PERMIT, needClaims('s1'))).toEqual(needClaims('s1'));
  });

  it('that asks for claims is heard before the owner is asked', () => {
    const objection = needClaims();
    expect(restricted(NEED_OWNER, objection)).toBe(objection);
  });

  it('that would leave it to the owner denies what the owner has decided, and says nothing new to who is waiting', () => {
    expect(restricted(PERMIT, EXTERNAL_NEED_OWNER)).toEqual(EXTERNAL_DENIAL);
    expect(restricted(NEED_OWNER, EXTERNAL_NEED_OWNER)).toBe(NEED_OWNER);
  });

  const decisions = fc.constantFrom<Decision>(PERMIT, NEED_OWNER, needClaims('s1'), DENIAL);
  const objections = fc.option(fc.constantFrom(EXTERNAL_DENIAL, EXTERNAL_NEED_OWNER, needClaims('s2')), {
    nil: undefined,
  });

  it('never permits more, however many there are, and in whichever order a denial overrides', () => {
    fc.assert(
      fc.property(decisions, fc.array(objections), (decision, all) => {
        const result = all.reduce(restricted, decision);
        expect(result.decision).toBe(decision.decision && all.every((objection) => objection === undefined));
        const denies = all.some((objection) => objection?.context.outcome === 'deny');
        const comesFirst = all.findIndex((objection) => objection !== undefined);
        if (isOpenToObjections(decision) && denies && all[comesFirst]?.context.outcome === 'deny') {
          expect(result.context.outcome).toBe('deny');
        }
      }),
    );
  });
});
