import { ENDPOINTS } from '../../src/authorization-server/endpoints.js';
import { UMA_TICKET_GRANT_TYPE } from '../../src/uma/protocol/constants.js';
import { describeOnEachDatabase } from '../support/databases.js';
import { type Answer, expectUncachedJson, R1, UmaWorld } from '../support/uma-world.js';

const { resourceRegistration: RREG, permission: PERMISSION, introspection: INTROSPECTION } = ENDPOINTS;

/** One call of each endpoint of the protection API. */
const CALLS = [
  ['GET', `${RREG}/`],
  ['POST', `${RREG}/`],
  ['POST', PERMISSION],
  ['POST', INTROSPECTION],
] as const;

describeOnEachDatabase('the protection API', (open) => {
  let world: UmaWorld;

  beforeAll(async () => {
    world = await UmaWorld.start(open.dialect);
  });
  afterAll(() => world.close());
  beforeEach(() => {
    world.catchUp();
  });

  const list = async (pat: string) => (await world.call('GET', RREG, { token: pat })).body as unknown;
  const read = (id: string, pat = world.patA1): Promise<Answer> => world.call('GET', `${RREG}/${id}`, { token: pat });

  it('T01 publishes where everything is, below exactly its own issuer (GRANT-2, FED-2)', async () => {
    const answer = await world.call('GET', '/.well-known/uma2-configuration');
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({
      issuer: world.issuer,
      token_endpoint: `${world.issuer}/token`,
      permission_endpoint: `${world.issuer}${PERMISSION}`,
      resource_registration_endpoint: `${world.issuer}${RREG}`,
      introspection_endpoint: `${world.issuer}${INTROSPECTION}`,
      scopes_endpoint: `${world.issuer}/uma/scopes`,
    });
    expect(answer.body['grant_types_supported']).toContain(UMA_TICKET_GRANT_TYPE);
    expect(answer.body['claims_interaction_endpoint']).toBe(`${world.issuer}/uma/claims`);
  });

  describe('asks for a PAT', () => {
    it.each(CALLS)(
      'T03 refuses %s %s without a token, and names no error (FED-1.3-b, RFC 6750 3)',
      async (method, path) => {
        const before = await list(world.patA1);
        const answer = await world.call(method, path, method === 'POST' ? { json: R1 } : {});
        expect(answer.status).toBe(401);
        expect(answer.headers['www-authenticate']).toBe(`Bearer realm="${world.issuer}"`);
        expectUncachedJson(answer);
        expect(answer.body).toEqual({});
        expect(await list(world.patA1)).toEqual(before);
      },
    );

    it.each(CALLS)(
      'T04 refuses %s %s with an access token of another scope (RFC 6750 3.1, CVE-2026-3190)',
      async (method, path) => {
        const token = await world.accessToken(world.rs1, 'alice', 'openid');
        const answer = await world.call(method, path, { token });
        expect(answer).toMatchObject({ status: 403, body: { error: 'insufficient_scope' } });
        expect(answer.headers['www-authenticate']).toMatch(
          /^Bearer .*error="insufficient_scope".*scope="uma_protection"/,
        );
        expectUncachedJson(answer);
      },
    );

    it.each(CALLS)('T04 refuses %s %s with garbage for a token (RFC 6750 3.1)', async (method, path) => {
      const answer = await world.call(method, path, { token: 'garbage' });
      expect(answer).toMatchObject({ status: 401, body: { error: 'invalid_token' } });
      expect(answer.headers['www-authenticate']).toMatch(/^Bearer .*error="invalid_token"/);
      expectUncachedJson(answer);
    });

    it.each(CALLS)('T04 refuses %s %s with an RPT (FED-1.3-b)', async (method, path) => {
      const id = await world.register();
      await world.share(id, ['heart-rate:read']);
      const { body } = await world.redeemAs('bob', await world.ticketFor(id, 'heart-rate:read'));
      const answer = await world.call(method, path, { token: String(body['access_token']) });
      expect(answer).toMatchObject({ status: 403, body: { error: 'insufficient_scope' } });
    });

    it('refuses an expired RPT as any unknown token', async () => {
      const id = await world.register();
      await world.share(id, ['heart-rate:read']);
      const { body } = await world.redeemAs('bob', await world.ticketFor(id, 'heart-rate:read'));
      world.wait(901);
      expect(await world.call('GET', RREG, { token: String(body['access_token']) })).toMatchObject({ status: 401 });
    });

    it("refuses a token that is no person's: a resource server does not own what it protects", async () => {
      const machine = await world.registerClient({ grant_types: ['client_credentials'], response_types: [] });
      const form = { grant_type: 'client_credentials', scope: 'uma_protection' };
      const { body } = await world.token(machine, form);
      expect(body['scope']).toBe('uma_protection');
      const answer = await world.call('GET', RREG, { token: String(body['access_token']) });
      expect(answer).toMatchObject({ status: 403, body: { error: 'insufficient_scope' } });
    });
  });

  describe('registers resources', () => {
    const WHOLE = {
      ...R1,
      type: 'http://hl7.org/fhir/StructureDefinition/heartrate',
      icon_uri: 'https://rs.test/icon.png',
      description: 'Of the chest strap',
      'name#de': 'Herzfrequenz',
      x_foo: 1,
    };

    it.each([
      ['owner (carol)', () => world.patC1],
      ['resource server (rs2)', () => world.patA2],
    ])(
      'T05 keeps a resource from the PAT of another %s, as if it did not exist (FED-3.2-b, CVE-2026-4630)',
      async (_who, patOf) => {
        const id = await world.register(WHOLE);
        const path = `${RREG}/${id}`;
        const pat = patOf();
        for (const answer of [
          await world.call('GET', path, { token: pat }),
          await world.call('PUT', path, { token: pat, json: R1 }),
          await world.call('DELETE', path, { token: pat }),
        ]) {
          expect(answer).toMatchObject({ status: 404, body: { error: 'not_found' } });
          expectUncachedJson(answer);
        }
        expect((await read(id)).body).toMatchObject(WHOLE);
      },
    );

    it.each([RREG, `${RREG}/`])(
      'T06, T07 creates a resource by POST %s and gives it back whole (FED-3.2.1, FED-3.2.2)',
      async (path) => {
        const created = await world.call('POST', path, { token: world.patA1, json: WHOLE });
        expect(created.status).toBe(201);
        expectUncachedJson(created);
        const { _id: id, user_access_policy_uri: policyUri } = created.body;
        expect(created.headers['location']).toBe(`${world.issuer}${RREG}/${String(id)}`);
        expect(policyUri).toBe(`${world.issuer}/account?resource=${String(id)}`);
        const found = await world.call('GET', String(created.headers['location']), { token: world.patA1 });
        expect(found.status).toBe(200);
        expect(found.body).toEqual({ ...WHOLE, _id: id, user_access_policy_uri: policyUri });
        expectUncachedJson(found);
      },
    );

    it('T08 replaces the whole description: what is left out is gone (FED-3.2.3)', async () => {
      const id = await world.register(WHOLE);
      const json = { resource_scopes: ['heart-rate:read'] };
      const replaced = await world.call('PUT', `${RREG}/${id}`, { token: world.patA1, json });
      expect(replaced).toMatchObject({ status: 200, body: { _id: id } });
      expectUncachedJson(replaced);
      expect(Object.keys((await read(id)).body).sort()).toEqual(['_id', 'resource_scopes', 'user_access_policy_uri']);
    });

    it('T09 lists the ids of this owner at this resource server, and nothing else (FED-3.2.5)', async () => {
      const ids = [await world.register(), await world.register()];
      for (const path of [RREG, `${RREG}/`]) {
        const answer = await world.call('GET', path, { token: world.patA1 });
        expect(answer.status).toBe(200);
        expectUncachedJson(answer);
        expect(answer.body).toEqual(expect.arrayContaining(ids));
      }
      expect(await list(world.patC1)).toEqual([]);
      expect(await list(world.patA2)).toEqual([]);
    });

    it('T10 deregisters a resource, with all that rested on it (FED-3.2.4, GRANT-6.1)', async () => {
      const [id, other] = [await world.register(), await world.register()];
      await world.share(id, ['heart-rate:read']);
      await world.share(other, ['heart-rate:read']);
      const both = [id, other].map((each) => ({ resource_id: each, resource_scopes: ['heart-rate:read'] }));
      const rpt = String((await world.redeemAs('bob', await world.ticket(both))).body['access_token']);
      const pending = await world.ticketFor(id, 'heart-rate:read');

      expect(await world.call('DELETE', `${RREG}/${id}`, { token: world.patA1 })).toMatchObject({ status: 204 });

      expect((await read(id)).status).toBe(404);
      expect(await list(world.patA1)).not.toContain(id);
      expect(await world.call('POST', PERMISSION, { token: world.patA1, json: both })).toMatchObject({
        status: 400,
        body: { error: 'invalid_resource_id' },
      });
      expect((await world.introspect(rpt)).body['permissions']).toEqual([
        expect.objectContaining({ resource_id: other, resource_scopes: ['heart-rate:read'] }),
      ]);
      expect(await world.redeemAs('bob', pending)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
      expect((await world.call('DELETE', `${RREG}/${id}`, { token: world.patA1 })).status).toBe(404);
    });

    it.each([
      ['PATCH', '/R1', 'GET, HEAD, PUT, DELETE'],
      ['POST', '/R1', 'GET, HEAD, PUT, DELETE'],
      ['PUT', '', 'GET, HEAD, POST'],
      ['DELETE', '/', 'GET, HEAD, POST'],
    ] as const)('T11 (a) refuses %s on "%s" with 405 and what is allowed (FED-3.2-c)', async (method, path, allow) => {
      const answer = await world.call(method, `${RREG}${path}`, { token: world.patA1, json: R1 });
      expect(answer).toMatchObject({ status: 405, body: { error: 'unsupported_method_type' } });
      expect(answer.headers['allow']).toBe(allow);
      expectUncachedJson(answer);
    });

    it.each([
      ['(b) is not JSON', '{'],
      ['(c) has no resource_scopes', { name: 'Heart rate' }],
      ['(d) has one text for resource_scopes', { resource_scopes: 'heart-rate:read' }],
      ['(e) is an array', [1]],
      ['(f) names a member twice', '{"resource_scopes":["a"],"resource_scopes":["b"]}'],
      ['is empty', ''],
      ['has a scope that is none', { resource_scopes: ['two words'] }],
    ])('T11 refuses a description that %s with invalid_request (FED-3.2-d)', async (_what, json) => {
      const id = await world.register();
      for (const answer of [
        await world.call('POST', RREG, { token: world.patA1, json }),
        await world.call('PUT', `${RREG}/${id}`, { token: world.patA1, json }),
      ]) {
        expect(answer).toMatchObject({ status: 400, body: { error: 'invalid_request' } });
        expectUncachedJson(answer);
      }
      expect((await read(id)).body).toMatchObject(R1);
    });

    it.each(['text/plain', 'application/xml', 'application/x-www-form-urlencoded'])(
      'T11 refuses a description of type %s with invalid_request (FED-3.2-d)',
      async (type) => {
        const call = { token: world.patA1, form: JSON.stringify(R1), headers: { 'content-type': type } };
        const answer = await world.call('POST', RREG, call);
        expect(answer).toMatchObject({ status: 400, body: { error: 'invalid_request' } });
        expectUncachedJson(answer);
      },
    );

    it('takes a JSON type with a charset, and an empty list of scopes', async () => {
      for (const type of ['application/json; charset=utf-8', 'Application/JSON']) {
        const call = { token: world.patA1, form: '{"resource_scopes":[]}', headers: { 'content-type': type } };
        expect((await world.call('POST', RREG, call)).status).toBe(201);
      }
    });
  });

  describe('takes permission requests', () => {
    let id: string;
    let other: string;

    beforeAll(async () => {
      id = await world.register();
      other = await world.register({ resource_scopes: ['heart-rate:summary'] });
    });

    const ask = (json: unknown, pat = world.patA1): Promise<Answer> =>
      world.call('POST', PERMISSION, { token: pat, json });
    const asked = (resource: string, ...scopes: string[]) => ({ resource_id: resource, resource_scopes: scopes });

    it('T12 gives an unguessable ticket, another one each time (FED-4.2, GRANT-5.4)', async () => {
      const answers = [await ask(asked(id, 'heart-rate:read')), await ask(asked(id, 'heart-rate:read'))];
      for (const answer of answers) {
        expect(answer.status).toBe(201);
        expect(answer.body).toEqual({ ticket: expect.stringMatching(/^[\w-]{43}$/) as string });
        expectUncachedJson(answer);
      }
      expect(answers[0]?.body['ticket']).not.toBe(answers[1]?.body['ticket']);
    });

    it.each([
      ['two permissions', () => [asked(id, 'heart-rate:read'), asked(other, 'heart-rate:summary')]],
      ['one permission', () => [asked(id, 'heart-rate:read')]],
      ['the same resource twice', () => [asked(id, 'heart-rate:read'), asked(id, 'heart-rate:write')]],
    ])('T13 gives one ticket for an array of %s (FED-4.1-a)', async (_what, permissions) => {
      const answer = await ask(permissions());
      expect(answer).toMatchObject({ status: 201, body: { ticket: expect.any(String) as string } });
    });

    it.each([
      ['an unknown id', () => asked('unknown', 'heart-rate:read')],
      ['one good and one bad id', () => [asked(id, 'heart-rate:read'), asked('unknown', 'heart-rate:read')]],
    ])('T14 refuses %s with invalid_resource_id (FED-4.3)', async (_what, permissions) => {
      const answer = await ask(permissions());
      expect(answer).toMatchObject({ status: 400, body: { error: 'invalid_resource_id' } });
      expect(answer.body).not.toHaveProperty('ticket');
      expectUncachedJson(answer);
    });

    it("T14 refuses another owner's or another resource server's resource with invalid_resource_id (FED-4-b, keycloak#41767)", async () => {
      for (const pat of [world.patC1, world.patA2]) {
        const answer = await ask(asked(id, 'heart-rate:read'), pat);
        expect(answer).toMatchObject({ status: 400, body: { error: 'invalid_resource_id' } });
      }
    });

    it('T15 refuses a scope that only another resource has with invalid_scope (FED-4.3)', async () => {
      const answer = await ask([asked(other, 'heart-rate:summary'), asked(id, 'heart-rate:summary')]);
      expect(answer).toMatchObject({ status: 400, body: { error: 'invalid_scope' } });
      expect(answer.body).not.toHaveProperty('ticket');
      expectUncachedJson(answer);
    });

    it('T16 takes a permission without scopes, and grants nothing for it unless the owner shares (GRANT-5.6)', async () => {
      const own = await world.register();
      const refused = await world.redeemAs('bob', await world.ticketFor(own));
      expect(refused).toMatchObject({ status: 403, body: { error: 'request_denied' } });

      await world.share(own, ['heart-rate:read']);
      const { status, body } = await world.redeemAs('bob', await world.ticketFor(own));
      expect(status).toBe(200);
      const introspection = await world.introspect(String(body['access_token']));
      expect(introspection.body['permissions']).toEqual([
        { resource_id: own, resource_scopes: [], exp: expect.any(Number) as number },
      ]);
    });

    it.each([
      ['an empty array', []],
      ['51 permissions', Array.from({ length: 51 }, (_each, index) => asked(`r${index}`))],
      ['no resource_id', { resource_scopes: ['heart-rate:read'] }],
      ['no resource_scopes', { resource_id: 'r1' }],
      ['a text', '"r1"'],
      ['a member twice', '{"resource_id":"r1","resource_id":"r2","resource_scopes":[]}'],
    ])('refuses %s with invalid_request', async (_what, json) => {
      expect(await ask(json)).toMatchObject({ status: 400, body: { error: 'invalid_request' } });
    });

    it('refuses a body of more than 4 KiB', async () => {
      const answer = await ask(asked('r'.repeat(4096)));
      expect(answer).toMatchObject({ status: 413, body: { error: 'payload_too_large' } });
      expectUncachedJson(answer);
    });
  });
});
