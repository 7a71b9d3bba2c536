import { describeOnEachDatabase } from '../support/databases.js';
import { FakeDecisionPoint } from '../support/fake-decision-point.js';
import { claim, UmaWorld } from '../support/uma-world.js';

const READ = 'heart-rate:read';
const DOWNLOAD = 'heart-rate:download';

describeOnEachDatabase('a grant that an external decision point restricts', (open) => {
  let external: FakeDecisionPoint;
  let world: UmaWorld;
  let r1: string;
  let idToken: string;

  beforeAll(async () => {
    external = await FakeDecisionPoint.start();
    const externalDecisionPoint = { url: external.url, token: undefined };
    world = await UmaWorld.start(open.dialect, undefined, { externalDecisionPoint });
  });
  afterAll(async () => {
    await world.close();
    await external.close();
  });
  beforeEach(async () => {
    world.catchUp();
    external.requests.length = 0;
    external.decideEach(() => ({ decision: true }));
    r1 = await world.register();
    await world.share(r1, [READ]);
    idToken = await world.idToken();
  });

  const redeem = async (...scopes: string[]) => world.redeem(await world.ticketFor(r1, ...scopes), claim(idToken));
  const questions = () =>
    external.requests.flatMap(({ body }) => (body['evaluations'] ?? []) as Record<string, unknown>[]);

  it('is given when the decision point permits what is shared', async () => {
    expect((await redeem(READ)).status).toBe(200);
    expect(questions()).toMatchObject([
      {
        subject: { type: 'person', properties: { iss: world.issuer } },
        action: { name: READ },
        resource: { type: 'resource', id: r1, properties: { resource_server: world.rs1.id } },
        context: { client_id: world.c1.id },
      },
    ]);
  });

  it('is denied when it does not, and the ticket is used all the same', async () => {
    external.decideEach(() => ({ decision: false }));
    const ticket = await world.ticketFor(r1, READ);
    const denied = await world.redeem(ticket, claim(idToken));
    expect(denied).toMatchObject({ status: 403, body: { error: 'request_denied' } });
    external.decideEach(() => ({ decision: true }));
    expect(await world.redeem(ticket, claim(idToken))).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
  });

  it('asks nothing about what is not shared, or while nobody knows who asks', async () => {
    expect((await redeem(DOWNLOAD)).status).toBe(403);
    expect((await world.redeem(await world.ticketFor(r1, READ))).body).toMatchObject({ error: 'need_info' });
    expect(external.requests).toEqual([]);
  });

  it('asks for the claims that it wants to know', async () => {
    const context = { outcome: 'need_claims', claims: [{ name: 'role' }] };
    external.decideEach(() => ({ decision: false, context }));
    const { status, body } = await redeem(READ);
    expect(status).toBe(403);
    expect(body).toMatchObject({ error: 'need_info', required_claims: [{ name: 'role' }] });
  });

  it('lets the database go while it waits: others read and write meanwhile', async () => {
    external.answers.set('/access/v1/evaluations', async () => {
      const meanwhile = await world.call('POST', '/uma/permission', {
        token: world.patA1,
        json: { resource_id: r1, resource_scopes: [READ] },
      });
      return { body: { evaluations: [{ decision: meanwhile.status === 201 }] } };
    });
    expect((await redeem(READ)).status).toBe(200);
  });

  it('gives one token for one ticket that is presented many times at once', async () => {
    const ticket = await world.ticketFor(r1, READ);
    const answers = await Promise.all(Array.from({ length: 5 }, () => world.redeem(ticket, claim(idToken))));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 400, 400, 400, 400]);
  });

  it('sees a share that is withdrawn while it is asked', async () => {
    const token = await world.accessToken(world.rs1, 'alice', 'openid sharing');
    const { body } = await world.call('GET', '/api/shares', { token });
    const { id } =
      (body as unknown as { id: string; resourceId: string }[]).find(({ resourceId }) => resourceId === r1) ?? {};
    external.answers.set('/access/v1/evaluations', async () => {
      await world.call('DELETE', `/api/shares/${String(id)}`, { token });
      return { body: { evaluations: [{ decision: true }] } };
    });
    expect(await redeem(READ)).toMatchObject({ status: 403, body: { error: 'request_denied' } });
  });

  it('is explained to the owner', async () => {
    external.decideEach(() => ({ decision: false }));
    const token = await world.accessToken(world.rs1, 'alice', 'openid sharing');
    const json = { resourceId: r1, scopes: [READ], person: { username: 'bob' } };
    const { body } = await world.call('POST', '/api/explanations', { token, json });
    expect(body).toEqual({
      decisions: [{ scope: READ, decision: false, outcome: 'deny', rule: { kind: 'external-decision-point' } }],
    });
  });
});
