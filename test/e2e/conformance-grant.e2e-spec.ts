import { calculateJwkThumbprint, createRemoteJWKSet, exportJWK, generateKeyPair, jwtVerify, SignJWT } from 'jose';

import { CLAIMS_JWT_FORMAT } from '../../src/authorization-server/uma/claim-tokens/claims-jwt.format.js';
import { randomId } from '../../src/common/randomness.js';
import { UMA_TICKET_GRANT_TYPE } from '../../src/uma/protocol/constants.js';
import { ClaimIssuer } from '../support/claim-issuer.js';
import { describeOnEachDatabase } from '../support/databases.js';
import { signedIdToken } from '../support/id-tokens.js';
import { type Answer, claim, RS1, type TestClient, UmaWorld } from '../support/uma-world.js';

const GRANT_TYPES = ['authorization_code', 'refresh_token', UMA_TICKET_GRANT_TYPE];

describeOnEachDatabase('the UMA grant beyond its first token', (open) => {
  let world: UmaWorld;
  let idp: ClaimIssuer;
  /** A client that renews its tokens, and may push claim tokens of `idp`. */
  let client: TestClient;
  /** A resource of which alice shares two scopes with bob, and its share. */
  let r1: string;
  let share: string;

  beforeAll(async () => {
    world = await UmaWorld.start(open.dialect);
    idp = await ClaimIssuer.start();
    client = await world.registerClient({
      grant_types: GRANT_TYPES,
      scope: 'openid heart-rate:read heart-rate:download',
      claim_token_issuers: [idp.issuer],
    });
  });
  afterAll(async () => {
    await world.close();
    await idp.close();
  });
  beforeEach(async () => {
    world.backToPresent();
    r1 = await world.register();
    share = await world.shareWith(await world.person('bob'), r1, {
      scopes: ['heart-rate:read', 'heart-rate:download'],
    });
  });

  const now = (): number => world.server.clock.nowSeconds();
  const tokenOf = ({ body }: Answer): string => String(body['access_token']);
  const introspected = async (answer: Answer): Promise<Record<string, unknown>> =>
    (await world.introspect(tokenOf(answer))).body;
  const grant = async (
    scopes: readonly string[] = ['heart-rate:read'],
    parameters: Readonly<Record<string, string>> = {},
    resource = r1,
  ): Promise<Answer> => world.redeemAs('bob', await world.ticketFor(resource, ...scopes), parameters, client);
  const refresh = (token: unknown, parameters: Readonly<Record<string, string>> = {}, by = client): Promise<Answer> =>
    world.token(by, { grant_type: 'refresh_token', refresh_token: String(token), ...parameters });

  describe('for a public client (GRANT-3.3-h)', () => {
    let open: TestClient;
    beforeAll(async () => {
      open = await world.registerClient({ grant_types: GRANT_TYPES, token_endpoint_auth_method: 'none' });
    });
    const redeem = async (ticket: string, more: Readonly<Record<string, string>>): Promise<Answer> =>
      world.call('POST', '/token', { form: { grant_type: UMA_TICKET_GRANT_TYPE, ticket, ...more } });

    it('gives a token to who names the client, for a claim token that was issued to it', async () => {
      const idToken = await signedIdToken(world, 'bob', open.id);
      const answer = await redeem(await world.ticketFor(r1, 'heart-rate:read'), {
        client_id: open.id,
        ...claim(idToken),
      });
      expect(answer.status).toBe(200);
      expect(await introspected(answer)).toMatchObject({ active: true, permissions: [{ resource_id: r1 }] });
    });

    it('takes no claim token of a confidential client from it, nor a confidential client without its secret', async () => {
      const ticket = await world.ticketFor(r1, 'heart-rate:read');
      const stolen = claim(await signedIdToken(world, 'bob', client.id));
      expect(await redeem(ticket, { client_id: client.id, ...stolen })).toMatchObject({
        status: 401,
        body: { error: 'invalid_client' },
      });
      expect(await redeem(ticket, { client_id: open.id, ...stolen })).toMatchObject({
        status: 403,
        body: { error: 'need_info' },
      });
    });
  });

  describe('with claim tokens of other issuers', () => {
    const idToken = (claims: Readonly<Record<string, unknown>> = {}): Promise<string> =>
      idp.sign({ sub: 'dora', aud: client.id, iat: now(), exp: now() + 60, ...claims });

    const redeem = async (token: string, format?: string): Promise<Answer> =>
      world.redeem(await world.ticketFor(r1, 'heart-rate:read'), claim(token, format), client);

    beforeEach(async () => {
      await world.shareWith({ kind: 'person', person: { issuer: idp.issuer, subject: 'dora' } }, r1);
    });

    it('T17 knows a person by the ID token of an issuer that the client registered (GRANT-3.3.1-i)', async () => {
      const answer = await redeem(await idToken());
      expect(answer.status).toBe(200);
      expect(await introspected(answer)).toMatchObject({ active: true });
    });

    it('T22 names those issuers to that client alone', async () => {
      const asked = await world.redeem(await world.ticketFor(r1, 'heart-rate:read'), {}, client);
      const [{ issuer }] = asked.body['required_claims'] as [{ issuer: string[] }];
      expect(issuer).toEqual([world.issuer, idp.issuer]);
      const others = await world.redeem(await world.ticketFor(r1, 'heart-rate:read'));
      expect(JSON.stringify(others.body)).not.toContain(idp.issuer);
    });

    const BAD: readonly (readonly [string, () => Promise<string>])[] = [
      ['that has expired', () => idToken({ iat: now() - 200, exp: now() - 61 })],
      ['for another client', () => idToken({ aud: world.c1.id })],
      ['of an issuer that nobody knows', () => idToken({ iss: 'https://idp.test' })],
      ['that claims to be of this very server', () => idToken({ iss: world.issuer })],
      ['without a subject', () => idToken({ sub: undefined })],
      ['with a broken signature', async () => `${(await idToken()).slice(0, -8)}AAAAAAAA`],
    ];

    it.each(BAD)('T24 takes one %s for none (SEC-10)', async (_what, make) => {
      expect(await redeem(await make())).toMatchObject({ status: 403, body: { error: 'need_info' } });
    });

    it('T24 takes none of an issuer that this client did not register', async () => {
      const other = world.c2;
      const token = await idToken({ aud: other.id });
      const answer = await world.redeem(await world.ticketFor(r1, 'heart-rate:read'), claim(token), other);
      expect(answer.body['error']).toBe('need_info');
    });

    it('T24 takes a token with a jti once (SEC-10)', async () => {
      const token = await idToken({ jti: randomId() });
      expect((await redeem(token)).status).toBe(200);
      expect(await redeem(token)).toMatchObject({ status: 403, body: { error: 'need_info' } });
    });

    it('does not believe such an issuer about e-mail addresses', async () => {
      const byEmail = await world.register();
      await world.shareWith({ kind: 'email', email: 'bob@example.org' }, byEmail);
      const token = await idToken({ email: 'bob@example.org', email_verified: true });
      const answer = await world.redeem(await world.ticketFor(byEmail, 'heart-rate:read'), claim(token), client);
      expect(answer.body).toMatchObject({
        error: 'need_info',
        required_claims: [{ name: 'email', issuer: [world.issuer] }],
      });
    });

    it('permits by claims that a share requires of that very issuer', async () => {
      const forNurses = await world.register();
      const role = { name: 'role', value: 'nurse', issuer: idp.issuer };
      await world.shareWith({ kind: 'claims', claims: [role] }, forNurses);
      const redeemWith = async (claims: Readonly<Record<string, unknown>>): Promise<Answer> =>
        world.redeem(await world.ticketFor(forNurses, 'heart-rate:read'), claim(await idToken(claims)), client);
      expect((await redeemWith({ role: ['porter', 'nurse'] })).status).toBe(200);
      expect((await redeemWith({ role: 'porter' })).body['error']).toBe('request_denied');
      expect((await redeemWith({})).body).toMatchObject({
        error: 'need_info',
        required_claims: [{ name: 'role', issuer: [idp.issuer] }],
      });
    });

    describe('in the form of claims JWTs', () => {
      const claimsJwt = (claims: Readonly<Record<string, unknown>> = {}): Promise<string> =>
        idp.sign({
          ...{ sub: 'dora', aud: world.issuer, client_id: client.id, jti: randomId(), iat: now(), exp: now() + 60 },
          ...claims,
        });

      it('T17 knows the person whom its issuer names', async () => {
        expect((await redeem(await claimsJwt(), CLAIMS_JWT_FORMAT)).status).toBe(200);
      });

      it.each([
        ['for another audience', () => ({ aud: client.id })],
        ['that another client was given', () => ({ client_id: world.c1.id })],
        ['without a jti', () => ({ jti: undefined })],
        ['older than five minutes', () => ({ iat: now() - 361 })],
        ['of the type of an access token', () => ({}), { typ: 'at+jwt' }],
        ['about somebody else’s person', () => ({ sub_id: { format: 'iss_sub', iss: world.issuer, sub: 'bob' } })],
        ['about nobody', () => ({ sub_id: { format: 'opaque', id: 'dora' } })],
      ])('T24 takes one %s for none (SEC-10)', async (_what, claims, header: Readonly<Record<string, string>> = {}) => {
        const base = {
          sub: 'dora',
          aud: world.issuer,
          client_id: client.id,
          jti: randomId(),
          iat: now(),
          exp: now() + 60,
        };
        const token = await idp.sign({ ...base, ...claims() }, header);
        expect(await redeem(token, CLAIMS_JWT_FORMAT)).toMatchObject({ status: 403, body: { error: 'need_info' } });
      });

      it('T24 takes each of them once', async () => {
        const token = await claimsJwt();
        expect((await redeem(token, CLAIMS_JWT_FORMAT)).status).toBe(200);
        expect((await redeem(token, CLAIMS_JWT_FORMAT)).body['error']).toBe('need_info');
      });
    });
  });

  describe('upgrading (GRANT-3.3.5.1)', () => {
    it('T30 adds what the earlier token permits, says so, and ends that one', async () => {
      const earlier = await grant(['heart-rate:read']);
      const upgraded = await grant(['heart-rate:download'], { rpt: tokenOf(earlier) });
      expect(upgraded.body['upgraded']).toBe(true);
      expect(tokenOf(upgraded)).not.toBe(tokenOf(earlier));
      const { permissions } = (await introspected(upgraded)) as { permissions: { resource_scopes: string[] }[] };
      expect(permissions.flatMap(({ resource_scopes }) => resource_scopes).sort()).toEqual([
        'heart-rate:download',
        'heart-rate:read',
      ]);
      expect(await introspected(earlier)).toEqual({ active: false });
    });

    it('T30 adds permissions of another resource of the same owner and resource server', async () => {
      const other = await world.register();
      await world.shareWith(await world.person('bob'), other);
      const earlier = await grant();
      const upgraded = await grant(['heart-rate:read'], { rpt: tokenOf(earlier) }, other);
      const { permissions } = (await introspected(upgraded)) as { permissions: { resource_id: string }[] };
      expect(permissions.map(({ resource_id }) => resource_id).sort()).toEqual([r1, other].sort());
    });

    it('T30 brings back nothing that was withdrawn or deregistered', async () => {
      const other = await world.register();
      const otherShare = await world.shareWith(await world.person('bob'), other);
      const earlier = await grant(['heart-rate:read'], {}, other);
      await world.withdraw(otherShare);
      const upgraded = await grant(['heart-rate:read'], { rpt: tokenOf(earlier) });
      expect(upgraded.body).not.toHaveProperty('upgraded');
      expect(await introspected(upgraded)).toMatchObject({ permissions: [{ resource_id: r1 }] });
    });

    it.each([
      ['is withdrawn', (former: Former) => world.withdraw(former.share)],
      ['is narrowed', (former: Former) => narrowOther(former.resource)],
      [
        'loses its resource',
        (former: Former) => world.call('DELETE', `/uma/resources/${former.resource}`, { token: world.patA1 }),
      ],
    ])('T30 carries nothing over from a share that %s at the same moment (GRANT-6.1, SEC-13)', async (_how, act) => {
      const bob = await world.person('bob');
      for (let round = 0; round < 20; round++) {
        const resource = await world.register();
        const scopes = ['heart-rate:read', 'heart-rate:download'];
        const former = { resource, share: await world.shareWith(bob, resource, { scopes }) };
        const rpt = tokenOf(await grant(scopes, {}, resource));
        const ticket = await world.ticketFor(r1, 'heart-rate:read');
        const asBob = claim(await world.idToken(client));
        const upgrading = world.redeem(ticket, { rpt, ...asBob }, client);
        // A little later in each round: somewhere on the way the two meet.
        for (let turn = 0; turn < round; turn++) await new Promise(setImmediate);
        const [upgraded] = await Promise.all([upgrading, act(former)]);
        expect(upgraded.status).toBe(200);
        // Whoever comes later ends the whole token.
        const { permissions = [] } = (await introspected(upgraded)) as { permissions?: Permission[] };
        const left = permissions.filter(({ resource_id }) => resource_id === resource);
        expect(left.flatMap(({ resource_scopes }) => resource_scopes)).not.toContain('heart-rate:read');
      }
    });

    it.each([
      ['that is not renewed', ['authorization_code', UMA_TICKET_GRANT_TYPE], 900],
      ['that is renewed', GRANT_TYPES, 86_400],
    ])('T30 carries a permission to the end of a token %s, and no further', async (_which, grantTypes, lifetime) => {
      const scope = 'openid heart-rate:read heart-rate:download';
      const upgrader = await world.registerClient({ grant_types: grantTypes, scope });
      const other = await world.register();
      await world.shareWith(await world.person('bob'), other, { scopes: ['heart-rate:read', 'heart-rate:download'] });
      const ask = async (resource: string, wanted: string, rpt = ''): Promise<Answer> =>
        world.redeemAs('bob', await world.ticketFor(resource, wanted), rpt === '' ? {} : { rpt }, upgrader);
      const ends = now() + lifetime;
      let held = await ask(r1, 'heart-rate:read');
      // Of one share, too, nothing that was not assessed anew outlives its token.
      for (const wanted of ['heart-rate:read', 'heart-rate:download']) {
        world.wait(400);
        held = await ask(other, wanted, tokenOf(held));
        expect(held.body['upgraded']).toBe(true);
      }
      const renewed = await ask(r1, 'heart-rate:download', tokenOf(held));
      world.wait(ends - now());
      const last = grantTypes === GRANT_TYPES ? await refresh(renewed.body['refresh_token'], {}, upgrader) : renewed;
      const { permissions } = (await introspected(last)) as { permissions: readonly Permission[] };
      expect(permissions).not.toContainEqual(expect.objectContaining({ resource_id: r1 }));
      expect(permissions).toMatchObject([{ resource_id: other }]);
    });

    it('T30 ignores an earlier token that has expired, is unknown, or is of another client or person', async () => {
      const expired = await grant(['heart-rate:download']);
      world.wait(900);
      const ofOther = await world.redeemAs('bob', await world.ticketFor(r1, 'heart-rate:download'));
      await world.shareWith(await world.person('carol'), r1, { scopes: ['heart-rate:download'] });
      const ticket = await world.ticketFor(r1, 'heart-rate:download');
      const ofCarol = await world.redeemAs('carol', ticket, {}, client);
      for (const rpt of ['unknown', tokenOf(ofOther), tokenOf(ofCarol), tokenOf(expired)]) {
        const answer = await grant(['heart-rate:read'], { rpt });
        expect(answer.status).toBe(200);
        expect(answer.body).not.toHaveProperty('upgraded');
        expect((await introspected(answer))['permissions']).toHaveLength(1);
      }
    });
  });

  interface Former {
    readonly resource: string;
    readonly share: string;
  }

  interface Permission {
    readonly resource_id: string;
    readonly resource_scopes: readonly string[];
  }

  async function narrowOther(resource: string): Promise<void> {
    await world.shareWith(await world.person('bob'), resource, { scopes: ['heart-rate:download'] });
  }

  describe('refreshing (GRANT-3.6)', () => {
    it('T31 gives a new token with the same permissions, and ends the one before', async () => {
      const first = await grant();
      const second = await refresh(first.body['refresh_token']);
      expect(second.status).toBe(200);
      expect(second.body).toEqual({
        access_token: expect.stringMatching(/^[\w-]{43}$/) as string,
        token_type: 'Bearer',
        expires_in: 900,
        refresh_token: expect.any(String) as string,
      });
      expect(await introspected(second)).toMatchObject({
        active: true,
        permissions: [{ resource_id: r1, resource_scopes: ['heart-rate:read'] }],
      });
      expect(await introspected(first)).toEqual({ active: false });
    });

    it('gives no refresh token to a client that does not renew its tokens', async () => {
      const answer = await world.redeemAs('bob', await world.ticketFor(r1, 'heart-rate:read'));
      expect(answer.body).not.toHaveProperty('refresh_token');
    });

    it('T31 renews a token that has expired', async () => {
      const first = await grant();
      world.wait(901);
      expect(await introspected(await refresh(first.body['refresh_token']))).toMatchObject({ active: true });
    });

    it('T31 narrows to the scopes that are asked for, and back to all (GRANT-3.6-b)', async () => {
      const first = await grant(['heart-rate:read', 'heart-rate:download']);
      const narrowed = await refresh(first.body['refresh_token'], { scope: 'heart-rate:read' });
      expect(await introspected(narrowed)).toMatchObject({ permissions: [{ resource_scopes: ['heart-rate:read'] }] });
      const whole = await refresh(narrowed.body['refresh_token']);
      expect(await introspected(whole)).toMatchObject({
        permissions: [{ resource_scopes: ['heart-rate:read', 'heart-rate:download'] }],
      });
    });

    it('T31 refuses scopes that were not granted, and loses nothing by it', async () => {
      const first = await grant();
      const answer = await refresh(first.body['refresh_token'], { scope: 'heart-rate:write' });
      expect(answer).toMatchObject({ status: 400, body: { error: 'invalid_scope' } });
      expect((await refresh(first.body['refresh_token'])).status).toBe(200);
    });

    it.each([
      ['was withdrawn', () => world.withdraw(share)],
      ['was narrowed', () => narrow()],
      [
        'is of a resource that was deregistered',
        () => world.call('DELETE', `/uma/resources/${r1}`, { token: world.patA1 }),
      ],
    ])('T31 refuses what %s (GRANT-6.1)', async (_what, act) => {
      const first = await grant();
      await act();
      expect(await refresh(first.body['refresh_token'])).toMatchObject({
        status: 400,
        body: { error: 'invalid_grant' },
      });
    });

    async function narrow(): Promise<void> {
      await world.shareWith(await world.person('bob'), r1, { scopes: ['heart-rate:download'] });
    }

    it('assesses nothing anew: what the owner shares beyond the token is not in it (GRANT-3.6-c)', async () => {
      const first = await grant();
      const second = await refresh(first.body['refresh_token']);
      expect(await introspected(second)).toMatchObject({ permissions: [{ resource_scopes: ['heart-rate:read'] }] });
    });

    it('takes the token before once more as long as its successor was not used: an answer can get lost', async () => {
      const first = await grant();
      const lost = await refresh(first.body['refresh_token']);
      const again = await refresh(first.body['refresh_token']);
      expect(again.status).toBe(200);
      expect(await introspected(lost)).toEqual({ active: false });
      expect(await introspected(again)).toMatchObject({ active: true });
    });

    it('takes everything back when a token is used whose successor was used: somebody stole it', async () => {
      const first = await grant();
      const second = await refresh(first.body['refresh_token']);
      const third = await refresh(second.body['refresh_token']);
      expect((await refresh(first.body['refresh_token'])).body['error']).toBe('invalid_grant');
      expect(await introspected(third)).toEqual({ active: false });
      expect((await refresh(third.body['refresh_token'])).body['error']).toBe('invalid_grant');
    });

    it('refuses a refresh token of another client, and takes nothing back for it', async () => {
      const first = await grant();
      const other = await world.registerClient({ grant_types: GRANT_TYPES });
      expect((await refresh(first.body['refresh_token'], {}, other)).body['error']).toBe('invalid_grant');
      expect((await refresh(first.body['refresh_token'])).status).toBe(200);
    });

    it('ends a day after the assessment, however often it was used', async () => {
      let token = (await grant()).body['refresh_token'];
      world.wait(43_200);
      token = (await refresh(token)).body['refresh_token'];
      world.wait(43_200);
      expect((await refresh(token)).body['error']).toBe('invalid_grant');
    });

    it('of five uses at one moment lets none lose its way: the last answer is good', async () => {
      const first = await grant();
      const answers = await Promise.all(Array.from({ length: 5 }, () => refresh(first.body['refresh_token'])));
      expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
      const active = await Promise.all(answers.map((answer) => introspected(answer)));
      expect(active.filter((one) => one['active'] === true)).toHaveLength(1);
    });

    it('is refused after the ticket of its process was used twice (GRANT-5.5-d)', async () => {
      const ticket = await world.ticketFor(r1, 'heart-rate:read');
      const first = await world.redeemAs('bob', ticket, {}, client);
      await world.redeemAs('bob', ticket, {}, client);
      expect((await refresh(first.body['refresh_token'])).body['error']).toBe('invalid_grant');
    });
  });

  describe('revocation (GRANT-3.7, RFC 7009)', () => {
    it('T32b ends the token and its refresh token with either of them', async () => {
      for (const member of ['access_token', 'refresh_token']) {
        const answer = await grant();
        expect((await world.revoke(String(answer.body[member]), client)).status).toBe(200);
        expect(await introspected(answer)).toEqual({ active: false });
        expect((await refresh(answer.body['refresh_token'])).body['error']).toBe('invalid_grant');
      }
    });

    it('T32b ends them with the refresh token before, as long as it is good (RFC 7009 section 2.1)', async () => {
      const first = await grant();
      const second = await refresh(first.body['refresh_token']);
      await world.revoke(String(first.body['refresh_token']), client);
      expect(await introspected(second)).toEqual({ active: false });
      for (const { body } of [first, second]) {
        expect((await refresh(body['refresh_token'])).body['error']).toBe('invalid_grant');
      }
    });

    it('T32b ends nothing of another client, and knows no unknown token', async () => {
      const answer = await grant();
      for (const token of [answer.body['access_token'], answer.body['refresh_token'], 'unknown']) {
        expect((await world.revoke(String(token), world.c2)).status).toBe(200);
      }
      expect(await introspected(answer)).toMatchObject({ active: true });
    });

    it('T32b ends the tokens that are meant, and no others of the same client', async () => {
      for (const member of ['access_token', 'refresh_token']) {
        const [meant, other] = [await grant(), await grant()];
        await world.revoke(String(meant.body[member]), client);
        expect(await introspected(meant)).toEqual({ active: false });
        expect(await introspected(other)).toMatchObject({ active: true });
        expect((await refresh(other.body['refresh_token'])).status).toBe(200);
      }
    });

    it('T32b ends nothing with a refresh token that was made up, or whose successor was used', async () => {
      const first = await grant();
      const last = await refresh((await refresh(first.body['refresh_token'])).body['refresh_token']);
      const madeUp = String(last.body['refresh_token']).replace(/[^.]+$/, 'A'.repeat(43));
      for (const token of [madeUp, String(first.body['refresh_token'])]) {
        expect((await world.revoke(token, client)).status).toBe(200);
      }
      expect(await introspected(last)).toMatchObject({ active: true });
    });

    it('T32b ends nothing for who does not have the secret of the client', async () => {
      const answer = await grant();
      for (const token of [answer.body['access_token'], answer.body['refresh_token']]) {
        expect((await world.revoke(String(token), { ...client, secret: 'guessed' })).status).toBe(401);
      }
      expect(await introspected(answer)).toMatchObject({ active: true });
    });
  });

  describe('tokens that are bound to a key (RFC 9449)', () => {
    async function proofBy(keys: Awaited<ReturnType<typeof generateKeyPair>>, claims = {}): Promise<string> {
      const jwk = await exportJWK(keys.publicKey);
      const payload = { htm: 'POST', htu: `${world.issuer}/token`, jti: randomId(), ...claims };
      const proof = new SignJWT(payload).setProtectedHeader({ alg: 'ES256', typ: 'dpop+jwt', jwk }).setIssuedAt();
      return proof.sign(keys.privateKey);
    }

    async function redeemBound(proof: string): Promise<Answer> {
      const ticket = await world.ticketFor(r1, 'heart-rate:read');
      const form = { grant_type: UMA_TICKET_GRANT_TYPE, ticket, ...claim(await world.idToken(client)) };
      const basic = Buffer.from(`${client.id}:${client.secret}`).toString('base64');
      return world.call('POST', '/token', { form, headers: { authorization: `Basic ${basic}`, dpop: proof } });
    }

    it('are given to a client that proves to hold one, and say so to the resource server', async () => {
      const keys = await generateKeyPair('ES256');
      const answer = await redeemBound(await proofBy(keys));
      expect(answer).toMatchObject({ status: 200, body: { token_type: 'DPoP' } });
      const jkt = await calculateJwkThumbprint(await exportJWK(keys.publicKey));
      expect(await introspected(answer)).toMatchObject({ active: true, token_type: 'DPoP', cnf: { jkt } });
    });

    it('are renewed for that key alone', async () => {
      const [keys, others] = [await generateKeyPair('ES256'), await generateKeyPair('ES256')];
      const first = await redeemBound(await proofBy(keys));
      const renewBy = async (proof?: string): Promise<Answer> => {
        const form = { grant_type: 'refresh_token', refresh_token: String(first.body['refresh_token']) };
        const basic = Buffer.from(`${client.id}:${client.secret}`).toString('base64');
        const headers = { authorization: `Basic ${basic}`, ...(proof === undefined ? {} : { dpop: proof }) };
        return world.call('POST', '/token', { form, headers });
      };
      expect((await renewBy()).body['error']).toBe('invalid_grant');
      expect((await renewBy(await proofBy(others))).body['error']).toBe('invalid_grant');
      expect(await renewBy(await proofBy(keys))).toMatchObject({ status: 200, body: { token_type: 'DPoP' } });
    });

    it.each([
      ['for another address', { htu: 'https://evil.test/token' }],
      ['for another method', { htm: 'GET' }],
      ['that was used before', undefined],
    ])('are not given for a proof %s, and the ticket stays good', async (_what, claims) => {
      const keys = await generateKeyPair('ES256');
      const proof = await proofBy(keys, claims);
      if (claims === undefined) expect((await redeemBound(proof)).status).toBe(200);
      const ticket = await world.ticketFor(r1, 'heart-rate:read');
      const form = { grant_type: UMA_TICKET_GRANT_TYPE, ticket, ...claim(await world.idToken(client)) };
      const basic = Buffer.from(`${client.id}:${client.secret}`).toString('base64');
      const refused = await world.call('POST', '/token', {
        form,
        headers: { authorization: `Basic ${basic}`, dpop: proof },
      });
      expect(refused).toMatchObject({ status: 400, body: { error: 'invalid_dpop_proof' } });
      expect((await world.token(client, form)).status).toBe(200);
    });
  });

  describe('for a resource server that wants JWTs (RFC 9068)', () => {
    it('writes a token that can be validated without asking, without a scope', async () => {
      const rs = await world.registerClient({ resource: 'http://127.0.0.1:4003', rpt_format: 'jwt' });
      const pat = await world.accessToken(rs, 'alice', 'openid uma_protection');
      const resource = await world.register(undefined, pat);
      await world.shareWith(await world.person('bob'), resource);
      const ticket = await world.ticket({ resource_id: resource, resource_scopes: ['heart-rate:read'] }, pat);
      const answer = await world.redeemAs('bob', ticket, {}, client);
      const keys = createRemoteJWKSet(new URL(`${world.issuer}/jwks`));
      const { payload, protectedHeader } = await jwtVerify(tokenOf(answer), keys, {
        issuer: world.issuer,
        audience: 'http://127.0.0.1:4003',
        typ: 'at+jwt',
        currentDate: new Date(world.server.clock.nowMs()),
      });
      expect(protectedHeader.alg).toBe('ES256');
      expect(payload).toMatchObject({
        client_id: client.id,
        permissions: [{ resource_id: resource, resource_scopes: ['heart-rate:read'], exp: payload.exp }],
      });
      expect(payload).not.toHaveProperty('scope');
      const { body } = await world.introspect(tokenOf(answer), pat);
      expect(body).toMatchObject({ active: true, jti: payload.jti, sub: payload.sub });
    });

    it('writes an opaque one where a JWT would be longer than 4 KB', async () => {
      const rs = await world.registerClient({ resource: 'http://127.0.0.1:4004', rpt_format: 'jwt' });
      const pat = await world.accessToken(rs, 'alice', 'openid uma_protection');
      const permissions = [];
      for (let count = 0; count < 45; count++) {
        const resource = await world.register(undefined, pat);
        await world.shareWith(await world.person('bob'), resource);
        permissions.push({ resource_id: resource, resource_scopes: ['heart-rate:read'] });
      }
      const answer = await world.redeemAs('bob', await world.ticket(permissions, pat), {}, client);
      expect(tokenOf(answer)).toMatch(/^[\w-]{43}$/);
      expect((await world.introspect(tokenOf(answer), pat)).body['permissions']).toHaveLength(45);
    });
  });

  it('T51 gives nothing without `resource` for a resource server that requires it (SEC-1)', async () => {
    const rs = await world.registerClient({ resource: 'http://127.0.0.1:4005', require_resource: true });
    const pat = await world.accessToken(rs, 'alice', 'openid uma_protection');
    const resource = await world.register(undefined, pat);
    await world.shareWith(await world.person('bob'), resource);
    const ticket = (): Promise<string> =>
      world.ticket({ resource_id: resource, resource_scopes: ['heart-rate:read'] }, pat);
    const redeem = async (parameters: Readonly<Record<string, string>>): Promise<Answer> =>
      world.redeemAs('bob', await ticket(), parameters, client);
    expect(await redeem({})).toMatchObject({ status: 400, body: { error: 'invalid_target' } });
    expect(await redeem({ resource: RS1 })).toMatchObject({ status: 400, body: { error: 'invalid_target' } });
    expect((await redeem({ resource: 'http://127.0.0.1:4005/x' })).status).toBe(200);
  });
});

describe('partial grants', () => {
  it.each([
    ['never', ['request_denied', 'request_denied']],
    ['ticket-complete', ['heart-rate:read', 'request_denied']],
    ['any', ['heart-rate:read', 'heart-rate:read']],
  ] as const)(
    'give, when they are allowed %s, what the setting says (GRANT-3.3.4-f)',
    async (partialGrants, expected) => {
      const world = await UmaWorld.start('sqlite', undefined, { partialGrants });
      const resource = await world.register();
      await world.shareWith(await world.person('bob'), resource);
      const outcomeOf = async ({ body }: Answer): Promise<unknown> => {
        if (body['error'] !== undefined) return body['error'];
        const { permissions } = (await world.introspect(String(body['access_token']))).body;
        return (permissions as { resource_scopes: string[] }[])
          .flatMap(({ resource_scopes }) => resource_scopes)
          .join(' ');
      };
      const extra = await world.ticketFor(resource, 'heart-rate:read');
      const more = await world.ticketFor(resource, 'heart-rate:read', 'heart-rate:write');
      expect([
        await outcomeOf(await world.redeemAs('bob', extra, { scope: 'heart-rate:download' })),
        await outcomeOf(await world.redeemAs('bob', more)),
      ]).toEqual(expected);
      await world.close();
    },
  );
});
