import { Logger } from '@nestjs/common';
import * as fc from 'fast-check';
import type { Transaction } from 'kysely';

import type { UmaTables } from '../../../database/authorization-server/uma.js';
import type { Claim } from '../claims.js';
import { ANY_ACCESS, type Decision, deny, type Evaluation } from '../decision.js';
import { DecisionPoint } from '../decision-point.js';
import { ParsedPolicy } from './parsed-policy.js';
import type { ScopePolicies } from './scope-policies.js';
import { ScopePolicyDecisionPoint } from './scope-policy.decision-point.js';

const AS = 'https://as.test';
const BOB = { issuer: AS, subject: 'bob' };
const WITHIN = {} as Transaction<UmaTables>;
const PERMIT: Decision = {
  decision: true,
  context: { outcome: 'permit', rule: { kind: 'share', id: 's1' }, shareId: 's1', untilMs: undefined },
};
const NEED_OWNER: Decision = { decision: false, context: { outcome: 'need-owner', rule: { kind: 'access-requests' } } };
const NEED_CLAIMS: Decision = {
  decision: false,
  context: { outcome: 'need-claims', rule: { kind: 'share' }, claims: [{ name: 'role', issuers: [] }], shareIds: [] },
};
const DENIAL = deny({ kind: 'no-share' });

/** Decides as it is told. */
class FixedDecisionPoint extends DecisionPoint {
  constructor(private readonly decision: Decision) {
    super();
  }

  override evaluate(evaluations: readonly Evaluation[]): Promise<readonly Decision[]> {
    return Promise.resolve(evaluations.map(() => this.decision));
  }
}

const question = (changes: Partial<Evaluation> = {}): Evaluation => ({
  subject: { person: BOB, claims: [] },
  action: { name: 'read' },
  resource: { id: 'r1', type: 'heart', ownerId: 'alice', resourceServer: 'rs1' },
  context: { atMs: Date.UTC(2026, 10, 26, 12), clientId: 'viewer' },
  ...changes,
});
const permitWhen = (condition: string): string => `permit (principal, action, resource) when { ${condition} };`;

describe('the decision by scope policies', () => {
  /** Policies by their scopes: each text is called by its number, from p1 on. */
  function pointWith(texts: readonly string[], decision: Decision = PERMIT, scopes: readonly string[] = ['read']) {
    const parsed = texts.map((text, index) => {
      const id = `p${index + 1}`;
      return new ParsedPolicy({ id, name: `Rule ${id}`, scopes, cedar: text, createdMs: 0, changedMs: 0 });
    });
    const policies = { on: () => Promise.resolve(new Map(scopes.map((scope) => [scope, parsed]))) };
    return new ScopePolicyDecisionPoint(new FixedDecisionPoint(decision), policies as unknown as ScopePolicies, [AS]);
  }
  const decide = async (texts: readonly string[], changes: Partial<Evaluation> = {}, decision: Decision = PERMIT) =>
    (await pointWith(texts, decision).evaluate([question(changes)], WITHIN))[0];
  const deniedBy = (id: string) => deny({ kind: 'scope-policy', id, name: `Rule ${id}` });

  it('GL-12 gives a scope with a policy only when the policy permits, and names the policy that did not', async () => {
    expect(await decide([permitWhen('true')])).toBe(PERMIT);
    expect(await decide([permitWhen('false')])).toEqual(deniedBy('p1'));
  });

  it('GL-13 gives a scope with several policies only when all of them permit', async () => {
    expect(await decide([permitWhen('true'), permitWhen('true')])).toBe(PERMIT);
    expect(await decide([permitWhen('true'), permitWhen('false')])).toEqual(deniedBy('p2'));
    expect(await decide([permitWhen('false'), permitWhen('true')])).toEqual(deniedBy('p1'));
    expect(await decide([permitWhen('false'), permitWhen('false')])).toEqual(deniedBy('p1'));
  });

  it('leaves a scope without a policy, and access without a scope, to what is shared', async () => {
    const none = [permitWhen('false')];
    expect(await decide(none, { action: { name: 'stream' } })).toBe(PERMIT);
    expect(await decide(none, { action: { name: ANY_ACCESS } })).toBe(PERMIT);
    expect(await decide([])).toBe(PERMIT);
  });

  it('gives nothing that is not shared, whatever the policies say', async () => {
    expect(await decide([permitWhen('true')], {}, DENIAL)).toBe(DENIAL);
  });

  it('lets claims come first, and bothers no owner in vain', async () => {
    expect(await decide([permitWhen('false')], {}, NEED_CLAIMS)).toBe(NEED_CLAIMS);
    expect(await decide([permitWhen('false')], {}, NEED_OWNER)).toEqual(deniedBy('p1'));
    expect(await decide([permitWhen('true')], {}, NEED_OWNER)).toBe(NEED_OWNER);
  });

  it.each([
    [
      'forbids, whatever else it permits',
      'permit (principal, action, resource); forbid (principal, action, resource);',
    ],
    ['asks for what nothing is known of', permitWhen('principal.age > 18')],
    [
      'cannot be evaluated in one of its statements',
      `permit (principal, action, resource); ${permitWhen('principal.getTag("x").isEmpty()')}`,
    ],
    ['cannot be read', 'permit whoever'],
    ['says nothing', ''],
  ])('denies when a policy %s', async (_what, text) => {
    expect(await decide([text])).toEqual(deniedBy('p1'));
  });

  it('denies a person who is not known', async () => {
    expect(await decide([permitWhen('true')], { subject: undefined })).toEqual(deniedBy('p1'));
  });

  it('denies at a time that there is not, and when the evaluator breaks, which the operator is told', async () => {
    const logged = jest.spyOn(Logger.prototype, 'error').mockReturnValue();
    const text = permitWhen('true');
    expect(await decide([text], { context: { atMs: NaN, clientId: '' } })).toEqual(deniedBy('p1'));
    expect(logged.mock.calls.join()).toContain('Scope policy p1 could not be evaluated.');
    expect(await decide([text], { context: { atMs: 253_402_300_800_000, clientId: '' } })).toEqual(deniedBy('p1'));
  });

  it('decides by everything that is known', async () => {
    const nurse: Claim = { name: 'role', value: 'nurse', issuer: AS };
    const text = permitWhen(`
      action == Action::"read" && resource.id == "r1" && resource.type == "heart" && resource.owner == "alice" &&
      resource.resourceServer == "rs1" && context.client == "viewer" && principal.subject == "bob" &&
      principal.issuer == "${AS}" && context.time == datetime("2026-11-26T12:00:00Z") &&
      principal.hasTag("role") && principal.getTag("role").contains("nurse")`);
    expect(await decide([text], { subject: { person: BOB, claims: [nurse] } })).toBe(PERMIT);
    expect(await decide([text])).toEqual(deniedBy('p1'));
  });

  it('answers several questions, each by its own scope', async () => {
    const point = pointWith([permitWhen('action == Action::"read"')], PERMIT, ['read', 'stream']);
    const questions = ['stream', 'read', 'print'].map((name) => question({ action: { name } }));
    expect(await point.evaluate(questions, WITHIN)).toEqual([deniedBy('p1'), PERMIT, PERMIT]);
  });

  it('permits nothing by a policy that was let go, and reads another one in its place', () => {
    const policy = { id: 'p', name: 'P', scopes: ['read'], createdMs: 0, changedMs: 0 };
    const request = {
      ...{ principal: { type: 'Person', id: 'b' }, action: { type: 'Action', id: 'read' } },
      ...{ resource: { type: 'Resource', id: 'r' }, context: {}, entities: [] },
    };
    const open = new ParsedPolicy({ ...policy, cedar: 'permit (principal, action, resource);' });
    expect(open.permits(request)).toBe(true);
    open.release();
    expect(open.permits(request)).toBe(false);
    const closed = new ParsedPolicy({ ...policy, cedar: permitWhen('false') });
    expect(closed.permits(request)).toBe(false);
  });

  /** Conditions with what they mean. */
  const CONDITIONS = [
    { text: 'true', holds: () => true },
    { text: 'false', holds: () => false },
    { text: 'context.client == "viewer"', holds: ({ context }: Evaluation) => context.clientId === 'viewer' },
    { text: 'resource.owner == "alice"', holds: ({ resource }: Evaluation) => resource.ownerId === 'alice' },
    {
      text: 'context.purposes.contains("TREAT")',
      holds: ({ subject }: Evaluation) => subject?.claims.some(({ value }) => value === 'TREAT') === true,
    },
  ];
  const statement = fc.record({
    effect: fc.constantFrom('permit', 'forbid'),
    condition: fc.constantFrom(...CONDITIONS),
  });
  const policy = fc.array(statement, { maxLength: 3 });
  const circumstances = fc.record({
    clientId: fc.constantFrom('viewer', 'other'),
    ownerId: fc.constantFrom('alice', 'carol'),
    purpose: fc.constantFrom('TREAT', 'HMARKT'),
  });
  const decisions = fc.constantFrom(PERMIT, NEED_OWNER, NEED_CLAIMS, DENIAL);
  const evaluationIn = ({ clientId, ownerId, purpose }: { clientId: string; ownerId: string; purpose: string }) =>
    question({
      subject: { person: BOB, claims: [{ name: 'purpose_of_use', value: purpose, issuer: AS }] },
      resource: { id: 'r1', type: undefined, ownerId, resourceServer: 'rs1' },
      context: { atMs: 0, clientId },
    });
  type Statements = readonly { readonly effect: string; readonly condition: (typeof CONDITIONS)[number] }[];
  const textOf = (statements: Statements): string =>
    statements
      .map(({ effect, condition }) => `${effect} (principal, action, resource) when { ${condition.text} };`)
      .join('');

  it('equals a naive model: every policy permits, and in it something permits and nothing forbids', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(policy, { maxLength: 3 }),
        circumstances,
        decisions,
        async (policies, facts, shared) => {
          const evaluation = evaluationIn(facts);
          const allPermit = policies.every((statements) => {
            const effects = statements
              .filter(({ condition }) => condition.holds(evaluation))
              .map(({ effect }) => effect);
            return effects.includes('permit') && !effects.includes('forbid');
          });
          const [decision] = await pointWith(policies.map(textOf), shared).evaluate([evaluation], WITHIN);
          expect(decision?.decision).toBe(shared.decision && allPermit);
          const stays = allPermit || [NEED_CLAIMS, DENIAL].some((one) => one === shared);
          expect(decision?.context.outcome).toBe(stays ? shared.context.outcome : 'deny');
        },
      ),
      { numRuns: 60 },
    );
  });

  it('never permits more when a policy is added', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(policy, { maxLength: 2 }), policy, circumstances, async (policies, added, facts) => {
        const decisionBy = async (all: readonly Statements[]) =>
          (await pointWith(all.map(textOf)).evaluate([evaluationIn(facts)], WITHIN))[0]?.decision;
        if ((await decisionBy(policies)) === false) expect(await decisionBy([...policies, added])).toBe(false);
      }),
      { numRuns: 60 },
    );
  });
});
