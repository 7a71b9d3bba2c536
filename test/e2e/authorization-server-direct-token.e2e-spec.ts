import type Provider from 'oidc-provider';

import { OIDC_PROVIDER } from '../../src/authorization-server/oidc/oidc.options.js';
import { ID_TOKEN_CLAIM_FORMAT, UMA_TICKET_GRANT_TYPE } from '../../src/uma/protocol/constants.js';
import { describeOnEachDatabase } from '../support/databases.js';
import { type Answer, claim, RS1, type TestClient, UmaWorld } from '../support/uma-world.js';

type Form = Readonly<Record<string, string>>;

const UMA = { grant_type: UMA_TICKET_GRANT_TYPE };
const MACHINE = { grant_type: 'client_credentials', scope: 'openid' };

describeOnEachDatabase('the token endpoint past the framework', (open) => {
  let world: UmaWorld;
  let r1: string;
  let machine: TestClient;
  let idToken: string;
  /** Called whenever the OpenID provider has answered a token request. */
  const asked = jest.fn();

  beforeAll(async () => {
    world = await UmaWorld.start(open.dialect);
    r1 = await world.register();
    await world.share(r1, ['heart-rate:read']);
    const metadata = {
      grant_types: ['client_credentials'],
      redirect_uris: [],
      response_types: [],
      scope: 'openid email',
    };
    machine = await world.registerClient(metadata);
    idToken = await world.idToken();
    const provider = world.server.app.get<Provider>(OIDC_PROVIDER, { strict: false });
    provider.on('grant.success', asked).on('grant.error', asked);
  });
  afterAll(() => world.close());
  beforeEach(() => {
    world.catchUp();
    asked.mockReset();
  });

  const ticket = (): Promise<string> => world.ticketFor(r1, 'heart-rate:read');
  const basic = (id: string, secret: string): Form => ({
    authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`,
  });

  /** An answer without what is another each time. */
  function told({ status, headers, body }: Answer): object {
    const isHandle = (name: string): boolean => ['access_token', 'ticket', 'refresh_token'].includes(name);
    return {
      status,
      type: headers['content-type'],
      cached: headers['cache-control'],
      challenge: headers['www-authenticate'],
      body: Object.fromEntries(
        Object.entries(body).map(([name, value]) => [name, isHandle(name) ? typeof value : value]),
      ),
    };
  }

  /** Sends a form, and once more so that the provider has to answer it: with a parameter that nobody knows. */
  async function bothWays(form: () => Promise<Form> | Form, headers: Form): Promise<readonly [Answer, Answer]> {
    const send = async (more: Form): Promise<Answer> =>
      world.call('POST', '/token', { form: { ...(await form()), ...more }, headers });
    const direct = await send({});
    const before = asked.mock.calls.length;
    const usual = await send({ unheard_of: 'yes' });
    expect(asked.mock.calls.length - before).toBe(1);
    return [direct, usual];
  }

  it.each<readonly [string, () => Promise<Form>, number]>([
    ['a token', async () => ({ ...UMA, ticket: await ticket(), ...claim(idToken) }), 200],
    [
      'a token for the resource server that is named',
      async () => ({ ...UMA, ticket: await ticket(), ...claim(idToken), resource: RS1 }),
      200,
    ],
    ['need_info', async () => ({ ...UMA, ticket: await ticket() }), 403],
    [
      'need_info for a claim token that proves nothing',
      async () => ({ ...UMA, ticket: await ticket(), ...claim('x.y.z') }),
      403,
    ],
    [
      'request_denied',
      async () => ({ ...UMA, ticket: await world.ticketFor(r1, 'heart-rate:write'), ...claim(idToken) }),
      403,
    ],
    ['invalid_grant', () => Promise.resolve({ ...UMA, ticket: 'unknown', ...claim(idToken) }), 400],
    [
      'invalid_target',
      async () => ({ ...UMA, ticket: await ticket(), ...claim(idToken), resource: 'https://other.test' }),
      400,
    ],
    ['invalid_scope', async () => ({ ...UMA, ticket: await ticket(), ...claim(idToken), scope: 'nowhere' }), 400],
    ['invalid_request without a ticket', () => Promise.resolve({ ...UMA, ...claim(idToken) }), 400],
    [
      'invalid_request with half a claim token',
      async () => ({ ...UMA, ticket: await ticket(), claim_token_format: ID_TOKEN_CLAIM_FORMAT }),
      400,
    ],
  ])('answers with %s, as the provider does', async (_what, form, status) => {
    const [direct, usual] = await bothWays(form, basic(world.c1.id, world.c1.secret));
    expect(direct.status).toBe(status);
    expect(told(direct)).toEqual(told(usual));
    expect(asked).toHaveBeenCalledTimes(1);
  });

  it('gives a client a token for itself, as the provider does', async () => {
    const [direct, usual] = await bothWays(() => MACHINE, basic(machine.id, machine.secret));
    expect(direct).toMatchObject({ status: 200, body: { token_type: 'Bearer', expires_in: 3600, scope: 'openid' } });
    expect(told(direct)).toEqual(told(usual));
    expect(asked).toHaveBeenCalledTimes(1);
  });

  it.each<readonly [string, () => Form, (world: UmaWorld) => Form]>([
    ['a wrong secret', () => MACHINE, () => basic(machine.id, 'wrong')],
    ['no secret', () => MACHINE, () => basic(machine.id, '')],
    ['a client that nobody knows', () => MACHINE, () => basic('nobody', 'secret')],
    ['credentials that are not well encoded', () => MACHINE, () => ({ authorization: 'Basic !' })],
    ['another scheme', () => MACHINE, () => ({ authorization: 'Bearer token' })],
    ['no credentials', () => MACHINE, () => ({})],
    [
      'credentials in the form',
      () => ({ ...MACHINE, client_id: machine.id, client_secret: machine.secret }),
      () => ({}),
    ],
    ['a grant that the client may not use', () => MACHINE, ({ c1 }) => basic(c1.id, c1.secret)],
    [
      'a scope that the client is not registered for',
      () => ({ ...MACHINE, scope: 'sharing' }),
      () => basic(machine.id, machine.secret),
    ],
    ['a proof of a key', () => MACHINE, () => ({ ...basic(machine.id, machine.secret), dpop: 'not a proof' })],
    ['a parameter without a value', () => ({ ...MACHINE, scope: '' }), () => basic(machine.id, machine.secret)],
  ])('leaves %s to the provider', async (_what, form, headers) => {
    await world.call('POST', '/token', { form: form(), headers: headers(world) });
    expect(asked).toHaveBeenCalledTimes(1);
  });

  it('leaves a repeated parameter to the provider, which refuses it', async () => {
    const headers = basic(machine.id, machine.secret);
    const form = 'grant_type=client_credentials&scope=openid&scope=email';
    expect(await world.call('POST', '/token', { form, headers })).toMatchObject({
      status: 400,
      body: { error: 'invalid_request' },
    });
    expect(asked).toHaveBeenCalledTimes(1);
  });

  it('leaves what is not well encoded to the provider', async () => {
    const headers = basic(machine.id, machine.secret);
    await world.call('POST', '/token', { form: 'grant_type=client_credentials&scope=%zz', headers });
    expect(asked).toHaveBeenCalledTimes(1);
  });

  it('leaves a client that has to prove a key to the provider, which demands the proof', async () => {
    const bound = await world.registerClient({
      grant_types: [UMA_TICKET_GRANT_TYPE, 'authorization_code'],
      dpop_bound_access_tokens: true,
    });
    const untouched = await ticket();
    const answer = await world.redeem(untouched, {}, bound);
    expect(answer).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
    expect(asked).toHaveBeenCalledTimes(1);
    // It was not the ticket.
    expect((await world.redeem(untouched, claim(idToken))).status).toBe(200);
  });
});
