import { type CryptoKey, exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';

import { randomId } from '../../src/common/randomness.js';
import { UserAgent } from '../../src/demo/front-door/user-agent.js';
import { describeOnEachDatabase } from '../support/databases.js';
import { type Answer, R1, type TestClient, UmaWorld } from '../support/uma-world.js';

const DEVICE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code';

/** A key that only its holder has. */
class ProofKey {
  private constructor(
    private readonly privateKey: CryptoKey,
    private readonly jwk: JWK,
  ) {}

  static async generate(): Promise<ProofKey> {
    const { privateKey, publicKey } = await generateKeyPair('ES256');
    return new ProofKey(privateKey, await exportJWK(publicKey));
  }

  /** Proves to hold the key, for one request. @see RFC 9449 section 4.2 */
  proof(htu: string): Promise<string> {
    return new SignJWT({ htm: 'POST', htu, jti: randomId() })
      .setProtectedHeader({ alg: 'ES256', typ: 'dpop+jwt', jwk: this.jwk })
      .setIssuedAt()
      .sign(this.privateKey);
  }
}

describeOnEachDatabase('tokens that are bound to a key (RFC 9449)', (open) => {
  let world: UmaWorld;
  let sensor: TestClient;
  let key: ProofKey;

  beforeAll(async () => {
    world = await UmaWorld.start(open.dialect);
    sensor = await world.registerClient({
      client_name: 'Chest strap',
      grant_types: [DEVICE_GRANT, 'refresh_token'],
      response_types: [],
      redirect_uris: [],
      token_endpoint_auth_method: 'none',
      scope: 'uma_protection offline_access',
    });
  });
  afterAll(() => world.close());
  beforeEach(async () => {
    world.catchUp();
    key = await ProofKey.generate();
  });

  /** Sends a form as the sensor, with a proof when it has one. */
  const send = (form: Readonly<Record<string, string>>, proof?: string, path = '/token') =>
    world.call('POST', path, {
      form: { client_id: sensor.id, ...form },
      ...(proof !== undefined && { headers: { dpop: proof } }),
    });
  const proofBy = (holder = key) => holder.proof(`${world.issuer}/token`);
  const refresh = (token: unknown, proof?: string) =>
    send({ grant_type: 'refresh_token', refresh_token: String(token) }, proof);

  /** Alice lets the sensor in. @returns its tokens */
  async function connect(proof?: string): Promise<Answer> {
    const { body } = await send({ scope: 'uma_protection offline_access' }, undefined, '/device-authorization');
    const alice = new UserAgent();
    await alice.get(String(body['verification_uri_complete']));
    await alice.submit({}, { button: 'Continue' });
    await alice.submit({}, { button: 'Continue' });
    await alice.submit({ username: 'alice', password: 'password-of-alice' }, { button: 'Sign in' });
    await alice.submit({}, { button: 'Allow' });
    return send({ grant_type: DEVICE_GRANT, device_code: String(body['device_code']) }, proof);
  }

  it('a PAT of a device registers what it measures, as every PAT does', async () => {
    const { body } = await connect();
    expect(body['token_type']).toBe('Bearer');
    const answer = await world.call('POST', '/uma/resources', { token: String(body['access_token']), json: R1 });
    expect(answer.status).toBe(201);
  });

  it('a PAT that is bound to a key says so, and is refused as Bearer at the protection API', async () => {
    const { status, headers, body } = await connect(await proofBy());
    expect([status, body['token_type']]).toEqual([200, 'DPoP']);
    expect(headers['dpop-nonce']).toBeUndefined();
    const token = String(body['access_token']);
    for (const path of ['/uma/resources', '/uma/permission', '/introspect']) {
      const answer = await world.call('POST', path, { token, json: R1 });
      expect([path, answer.status, answer.body['error']]).toEqual([path, 401, 'invalid_token']);
    }
    expect((await world.call('GET', '/api/shares', { token })).status).toBe(401);
  });

  it('a bound refresh token of a client without a secret is renewed for its key alone', async () => {
    const { body } = await connect(await proofBy());
    const token = body['refresh_token'];
    expect((await refresh(token)).body['error']).toBe('invalid_grant');
    expect((await refresh(token, await proofBy(await ProofKey.generate()))).body['error']).toBe('invalid_grant');
    expect(await refresh(token, await proofBy())).toMatchObject({ status: 200, body: { token_type: 'DPoP' } });
  });

  it('a proof is good for one request, and for the address that it names', async () => {
    const proof = await proofBy();
    const { body } = await connect(proof);
    expect((await refresh(body['refresh_token'], proof)).status).toBe(400);
    const elsewhere = await key.proof('https://evil.test/token');
    expect((await refresh(body['refresh_token'], elsewhere)).body['error']).toBe('invalid_dpop_proof');
    expect((await refresh(body['refresh_token'], await proofBy())).status).toBe(200);
  });
});
