import { Readable } from 'node:stream';

import { Logger } from '@nestjs/common';
import type { Transaction } from 'kysely';

import { FakeDecisionPoint } from '../../../../test/support/fake-decision-point.js';
import { freePort } from '../../../../test/support/free-port.js';
import { FixedClock } from '../../../common/clock.fake.js';
import { Secret } from '../../../common/secret.js';
import type { UmaTables } from '../../../database/authorization-server/uma.js';
import type { Claim } from '../claims.js';
import { type Decision, deny, type Evaluation } from '../decision.js';
import { DecisionPoint } from '../decision-point.js';
import { EXTERNAL_DENIAL } from './authzen-answer.js';
import { AuthZenClient } from './authzen-client.js';
import { AuthZenDecisionPoint } from './authzen.decision-point.js';

const AS = 'https://as.test';
const WITHIN = {} as Transaction<UmaTables>;
const EVALUATIONS = '/access/v1/evaluations';
const EVALUATION = '/access/v1/evaluation';
const METADATA = '/.well-known/authzen-configuration';
const PERMIT: Decision = {
  decision: true,
  context: { outcome: 'permit', rule: { kind: 'share', id: 's1' }, shareId: 's1', untilMs: undefined },
};
const DENIAL = deny({ kind: 'no-share' });

/** Permits everything but what is called `no`. */
class Shares extends DecisionPoint {
  override evaluate(evaluations: readonly Evaluation[]): Promise<readonly Decision[]> {
    return Promise.resolve(evaluations.map(({ action }) => (action.name === 'no' ? DENIAL : PERMIT)));
  }
}

const question = (name: string, claims: readonly Claim[] = []): Evaluation => ({
  subject: { person: { issuer: AS, subject: 'bob' }, claims },
  action: { name },
  resource: { id: 'r1', type: 'heart', ownerId: 'alice', resourceServer: 'rs1' },
  context: { atMs: 0, clientId: 'viewer' },
});

describe('an external decision point', () => {
  let external: FakeDecisionPoint;
  let clock: FixedClock;

  beforeEach(async () => {
    external = await FakeDecisionPoint.start();
    external.decideEach(() => ({ decision: true }));
    clock = new FixedClock();
  });
  afterEach(() => external.close());

  const pointAt = (url = external.url, more: { token?: Secret; timeLimitMs?: number } = {}) =>
    new AuthZenDecisionPoint(new Shares(), new AuthZenClient({ url, token: undefined, ...more }, clock), AS, [AS]);
  const ask = (point: AuthZenDecisionPoint, evaluations: readonly Evaluation[]) =>
    point.consulting(() => point.evaluate(evaluations, WITHIN));
  const actionsIn = ({ body }: { body: Record<string, unknown> }) =>
    (body['evaluations'] as { action: { name: string } }[]).map(({ action }) => action.name);

  it('is asked everything at once, with the token that it wants to see', async () => {
    external.decideEach((evaluation) => ({ decision: (evaluation['action'] as { name: string }).name === 'read' }));
    const point = pointAt(external.url, { token: new Secret('its-token') });
    expect(await ask(point, [question('write'), question('read')])).toEqual([EXTERNAL_DENIAL, PERMIT]);
    expect(external.requests[1]).toMatchObject({
      method: 'POST',
      path: EVALUATIONS,
      authorization: 'Bearer its-token',
      body: {
        evaluations: [
          { subject: { id: '["https://as.test","bob"]' }, action: { name: 'write' }, resource: { id: 'r1' } },
          { action: { name: 'read' } },
        ],
      },
    });
    expect(external.requests[0]).toMatchObject({ method: 'GET', path: METADATA, authorization: undefined });
  });

  it('is not asked about what is not shared', async () => {
    expect(await ask(pointAt(), [question('no'), question('read')])).toEqual([DENIAL, PERMIT]);
    expect(external.requests.slice(1).map(actionsIn)).toEqual([['read']]);
    expect(await ask(pointAt(), [question('no')])).toEqual([DENIAL]);
    expect(external.requests).toHaveLength(2);
  });

  it('is asked between two runs of a transaction, never within one', async () => {
    const point = pointAt();
    const seen: string[] = [];
    external.decideEach(() => {
      seen.push('asked');
      return { decision: true };
    });
    const result = await point.consulting(async () => {
      seen.push('begun');
      const decisions = await point.evaluate([question('read')], WITHIN);
      seen.push('decided');
      return decisions;
    });
    expect(result).toEqual([PERMIT]);
    expect(seen).toEqual(['begun', 'asked', 'begun', 'decided']);
  });

  it('is asked once for one question, whenever it is put and in whichever order', async () => {
    const point = pointAt();
    let atMs = 0;
    const at = (name: string) => ({ ...question(name), context: { atMs: atMs++, clientId: 'viewer' } });
    await point.consulting(async () => {
      await point.evaluate([at('read')], WITHIN);
      await point.evaluate([at('stream'), at('read')], WITHIN);
    });
    expect(external.requests.slice(1).map(actionsIn)).toEqual([['read'], ['stream']]);
    await ask(point, [question('read')]);
    expect(external.requests).toHaveLength(4);
  });

  it.each<[string, (evaluation: Evaluation) => Evaluation]>([
    ['somebody else asks', (one) => ({ ...one, subject: { person: { issuer: AS, subject: 'carol' }, claims: [] } })],
    ['somebody has said more', () => question('read', [{ name: 'role', value: 'nurse', issuer: AS }])],
    ['it is about something else', (one) => ({ ...one, resource: { ...one.resource, id: 'r2' } })],
    ['another client asks', (one) => ({ ...one, context: { ...one.context, clientId: 'other' } })],
  ])('is asked again when %s', async (_when, changed) => {
    const point = pointAt();
    await point.consulting(async () => {
      await point.evaluate([question('read')], WITHIN);
      await point.evaluate([changed(question('read'))], WITHIN);
    });
    expect(external.requests.slice(1)).toHaveLength(2);
  });

  it('is not asked for ever: who goes on asking something new is denied', async () => {
    const point = pointAt();
    let runs = 0;
    const transact = () => point.evaluate([question(`scope-${++runs}`)], WITHIN);
    expect(await point.consulting(transact)).toEqual([EXTERNAL_DENIAL]);
    expect(runs).toBe(4);
    expect(external.requests.slice(1)).toHaveLength(3);
  });

  it('is not asked by who does not consult it, and gives nothing then', async () => {
    expect(await pointAt().evaluate([question('read')], WITHIN)).toEqual([EXTERNAL_DENIAL]);
    expect(external.requests).toEqual([]);
  });

  it('lets through what goes wrong in the transaction, and asks nothing', async () => {
    await expect(pointAt().consulting(() => Promise.reject(new Error('full disk')))).rejects.toThrow('full disk');
    expect(external.requests).toEqual([]);
  });

  it('may want to know more, as long as that was not said yet', async () => {
    const claims = [{ name: 'role' }, { name: 'ward', issuers: ['https://clinic.test'] }];
    external.decideEach(() => ({ decision: false, context: { outcome: 'need_claims', claims } }));
    const wanted = (...names: { name: string; issuers: string[] }[]) => ({
      decision: false,
      context: { outcome: 'need-claims', rule: { kind: 'external-decision-point' }, claims: names, shareIds: ['s1'] },
    });
    const ward = { name: 'ward', issuers: ['https://clinic.test'] };
    const known = (...said: Claim[]) => ask(pointAt(), [question('read', said)]);
    const role: Claim = { name: 'role', value: 'nurse', issuer: AS };
    expect(await known()).toEqual([wanted({ name: 'role', issuers: [] }, ward)]);
    expect(await known(role)).toEqual([wanted(ward)]);
    expect(await known(role, { name: 'ward', value: 3, issuer: AS })).toEqual([wanted(ward)]);
    expect(await known(role, { name: 'ward', value: 3, issuer: 'https://clinic.test' })).toEqual([EXTERNAL_DENIAL]);
  });

  it.each([
    { wanted: 'a claim of an issuer whose claims the client cannot bring', claim: { issuers: ['https://x.test'] } },
    { wanted: 'a claim of this server that it makes of nobody', claim: { issuers: [AS] } },
  ])('is taken to deny when it wants $wanted', async ({ claim }) => {
    const claims = [{ name: 'zodiac', ...claim }];
    external.decideEach(() => ({ decision: false, context: { outcome: 'need_claims', claims } }));
    const asked = question('read');
    const context = { ...asked.context, claimIssuers: [AS, 'https://clinic.test'] };
    expect(await ask(pointAt(), [{ ...asked, context }])).toEqual([EXTERNAL_DENIAL]);
  });

  describe('is found', () => {
    const metadata = (more: Readonly<Record<string, unknown>>, path = '') => {
      external.answers.set(`${METADATA}${path}`, () => ({
        body: { policy_decision_point: `${external.url}${path}`, ...more },
      }));
    };

    it('by its metadata, which are read once an hour', async () => {
      metadata({
        access_evaluation_endpoint: `${external.url}/single`,
        access_evaluations_endpoint: `${external.url}/several`,
      });
      external.answers.set('/several', () => ({ body: { evaluations: [{ decision: true }] } }));
      const point = pointAt();
      expect(await ask(point, [question('read')])).toEqual([PERMIT]);
      clock.advanceMs(3_599_999);
      expect(await ask(point, [question('read')])).toEqual([PERMIT]);
      expect(external.paths).toEqual([METADATA, '/several', '/several']);
      clock.advanceMs(1);
      await ask(point, [question('read')]);
      expect(external.paths.slice(3)).toEqual([METADATA, '/several']);
    });

    it('by metadata below the path of its address (AuthZEN 9.2.1)', async () => {
      metadata({ access_evaluation_endpoint: `${external.url}/single` }, '/tenant');
      external.answers.set('/single', () => ({ body: { decision: true } }));
      expect(await ask(pointAt(`${external.url}/tenant`), [question('read')])).toEqual([PERMIT]);
      expect(external.paths).toEqual([`${METADATA}/tenant`, '/single']);
    });

    it('where the standard has it, when it publishes no metadata', async () => {
      external.answers.set('/tenant/access/v1/evaluations', () => ({ body: { evaluations: [{ decision: true }] } }));
      expect(await ask(pointAt(`${external.url}/tenant`), [question('read')])).toEqual([PERMIT]);
    });

    it.each([404, 405, 501])('to take one question at a time, when it answers %d to several', async (status) => {
      external.answers.set(EVALUATIONS, () => ({ status }));
      external.answers.set(EVALUATION, ({ body }) => ({
        body: { decision: (body['action'] as { name: string }).name === 'read' },
      }));
      expect(await ask(pointAt(), [question('write'), question('read')])).toEqual([EXTERNAL_DENIAL, PERMIT]);
      expect(external.paths).toEqual([METADATA, EVALUATIONS, EVALUATION, EVALUATION]);
    });

    it.each<[string, Readonly<Record<string, unknown>>]>([
      ['of another decision point', { policy_decision_point: 'https://other.test' }],
      ['without an endpoint', {}],
      ['with an endpoint in the clear', { access_evaluation_endpoint: 'http://pdp.test/single' }],
      [
        'with one endpoint in the clear',
        { access_evaluation_endpoint: 'https://pdp.test/s', access_evaluations_endpoint: 'http://pdp.test/m' },
      ],
    ])('by no metadata %s', async (_what, document) => {
      const logged = jest.spyOn(Logger.prototype, 'warn').mockReturnValue();
      metadata(document);
      expect(await ask(pointAt(), [question('read')])).toEqual([EXTERNAL_DENIAL]);
      expect(external.paths).toEqual([METADATA]);
      expect(logged).toHaveBeenCalledTimes(1);
    });
  });

  describe('gives nothing', () => {
    let logged: jest.SpyInstance;
    beforeEach(() => {
      logged = jest.spyOn(Logger.prototype, 'warn').mockReturnValue();
    });

    it.each([
      ['an error', { status: 500, body: { evaluations: [{ decision: true }] } }],
      ['a refusal', { status: 401, body: { evaluations: [{ decision: true }] } }],
      ['a redirect', { status: 307, headers: { location: '/elsewhere' } }],
      ['no JSON', { body: '<p>yes</p>' }],
      ['more than anybody reads', { body: { evaluations: [{ decision: true }], more: 'x'.repeat(1_000_000) } }],
    ])('when it answers with %s', async (_what, answer) => {
      external.answers.set(EVALUATIONS, () => answer);
      external.answers.set('/elsewhere', () => ({ body: { evaluations: [{ decision: true }] } }));
      expect(await ask(pointAt(), [question('read')])).toEqual([EXTERNAL_DENIAL]);
      expect(logged.mock.calls.join()).toMatch(/^The external decision point gave no answer: /);
    });

    it('when it never stops answering, without reading on', async () => {
      const endless = Readable.from(
        (function* (): Generator<Buffer> {
          for (;;) yield Buffer.alloc(16_384, ' ');
        })(),
      );
      external.answers.set(EVALUATIONS, () => ({ body: endless }));
      expect(await ask(pointAt(), [question('read')])).toEqual([EXTERNAL_DENIAL]);
      expect(logged.mock.calls.join()).toContain('longer than 1000000 bytes');
      endless.destroy();
    });

    it('when it answers fewer questions than it was asked', async () => {
      external.answers.set(EVALUATIONS, () => ({ body: { evaluations: [{ decision: true }] } }));
      expect(await ask(pointAt(), [question('read'), question('stream')])).toEqual([EXTERNAL_DENIAL, EXTERNAL_DENIAL]);
    });

    it('when it does not answer in time, and is asked again the next time', async () => {
      let release = (): void => undefined;
      external.answers.set(
        EVALUATIONS,
        () =>
          new Promise(
            (resolve) =>
              (release = () => {
                resolve({});
              }),
          ),
      );
      const point = pointAt(external.url, { timeLimitMs: 20 });
      expect(await ask(point, [question('read')])).toEqual([EXTERNAL_DENIAL]);
      release();
      external.decideEach(() => ({ decision: true }));
      const patient = pointAt();
      expect(await ask(patient, [question('read')])).toEqual([PERMIT]);
    });

    it('when nobody is there', async () => {
      const point = pointAt(`http://127.0.0.1:${await freePort()}`);
      expect(await ask(point, [question('read')])).toEqual([EXTERNAL_DENIAL]);
    });

    it('and names neither people nor claims in the log', async () => {
      external.answers.set(EVALUATIONS, () => ({ status: 500 }));
      await ask(pointAt(), [question('read', [{ name: 'role', value: 'nurse', issuer: AS }])]);
      expect(logged.mock.calls.join()).not.toMatch(/bob|nurse|r1/);
    });
  });
});
