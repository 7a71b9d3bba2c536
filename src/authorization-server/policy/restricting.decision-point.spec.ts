import type { Transaction } from 'kysely';

import type { UmaTables } from '../../database/authorization-server/uma.js';
import { type Decision, deny, type Evaluation, type Refusal } from './decision.js';
import { DecisionPoint } from './decision-point.js';
import { RestrictingDecisionPoint } from './restricting.decision-point.js';

const WITHIN = {} as Transaction<UmaTables>;
const OBJECTION = deny({ kind: 'scope-policy', id: 'p1' });
const PERMIT: Decision = {
  decision: true,
  context: { outcome: 'permit', rule: { kind: 'share' }, shareId: 's1', untilMs: undefined },
};
const NEED_OWNER: Decision = { decision: false, context: { outcome: 'need-owner', rule: { kind: 'access-requests' } } };
const DENIAL = deny({ kind: 'no-share' });

const question = (name: string): Evaluation => ({
  subject: undefined,
  action: { name },
  resource: { id: 'r1', type: undefined, ownerId: 'alice', resourceServer: 'rs1' },
  context: { atMs: 0, clientId: 'viewer' },
});
const BY_NAME: Readonly<Record<string, Decision>> = { yes: PERMIT, ask: NEED_OWNER, no: DENIAL };

class FakeDecisionPoint extends DecisionPoint {
  consulted = 0;

  override evaluate(evaluations: readonly Evaluation[]): Promise<readonly Decision[]> {
    return Promise.resolve(evaluations.map(({ action }) => BY_NAME[action.name] ?? DENIAL));
  }

  override consulting<Result>(transact: () => Promise<Result>): Promise<Result> {
    this.consulted++;
    return transact();
  }
}

class Restricting extends RestrictingDecisionPoint {
  readonly asked: string[] = [];
  objections: (evaluations: readonly Evaluation[]) => (Refusal | undefined)[] = (evaluations) =>
    evaluations.map(() => undefined);

  protected override objectionsTo(evaluations: readonly Evaluation[]): Promise<readonly (Refusal | undefined)[]> {
    this.asked.push(...evaluations.map(({ action }) => action.name));
    return Promise.resolve(this.objections(evaluations));
  }
}

describe('a restricting decision point', () => {
  const restricting = () => new Restricting(new FakeDecisionPoint());
  const ask = (point: Restricting, ...names: string[]) => point.evaluate(names.map(question), WITHIN);

  it('asks about what would be given or put before the owner, and about nothing else', async () => {
    const point = restricting();
    expect(await ask(point, 'no', 'yes', 'ask', 'no')).toEqual([DENIAL, PERMIT, NEED_OWNER, DENIAL]);
    expect(point.asked).toEqual(['yes', 'ask']);
  });

  it('puts each objection to its own question', async () => {
    const point = restricting();
    point.objections = () => [undefined, OBJECTION];
    expect(await ask(point, 'no', 'yes', 'no', 'yes')).toEqual([DENIAL, PERMIT, DENIAL, OBJECTION]);
  });

  it('asks nothing when nothing would be given', async () => {
    const point = restricting();
    point.objections = () => {
      throw new Error('Nothing was to be asked.');
    };
    expect(await ask(point, 'no')).toEqual([DENIAL]);
    expect(await ask(point)).toEqual([]);
  });

  it('gives nothing when a question was left out', async () => {
    const point = restricting();
    point.objections = () => [undefined];
    await expect(ask(point, 'yes', 'yes')).rejects.toThrow('Not every question was looked at.');
  });

  it('leaves it to the one behind it to consult somebody', async () => {
    const inner = new FakeDecisionPoint();
    expect(await new Restricting(inner).consulting(() => Promise.resolve('done'))).toBe('done');
    expect(inner.consulted).toBe(1);
  });
});
