import { TokenEndings } from '../../src/uma/index.js';
import type { DecisionMode } from '../../src/uma/guard/uma-module-options.js';
import { bearing, GuardWorld } from '../support/guard-world.js';

type Claims = Readonly<Record<string, unknown>>;

const READ = 'heart-rate:read';
const PATH = '/resources/heart/heart-rate';

describe('the guard that looks at signed tokens itself', () => {
  let world: GuardWorld;

  afterEach(() => world.stop());

  async function start(decisionMode: DecisionMode): Promise<void> {
    world = await GuardWorld.start({ decisionMode });
  }

  /** A token that its authorization server has signed, and of which it says nothing yet when it is asked. */
  async function mint(claims: Claims = {}, scopes: readonly string[] = [READ]): Promise<string> {
    const token = await world.as.mintSigned({ permissions: { R1: scopes }, claims: { jti: 't1', ...claims } });
    await world.as.withdraw(token);
    return token;
  }

  const statusOf = async (token: string) => (await world.call(PATH, bearing(token))).status;
  const told = (token: string, scopes: readonly string[] = [READ]) =>
    world.as.tokens.set(token, world.active({ R1: scopes }, { jti: 't1' }));

  describe('alone (jwt)', () => {
    beforeEach(() => start('jwt'));

    it('opens by what the token says, and asks nobody', async () => {
      expect(await statusOf(await mint())).toBe(200);
      expect(world.as.callsTo('introspection')).toEqual([]);
    });

    it.each<[string, Claims]>([
      ['of another issuer', { iss: 'https://evil.test' }],
      ['for another audience', { aud: 'https://other.test' }],
      ['that is past', { exp: 1 }],
      ['without an end', { exp: undefined }],
      ['for another resource', { permissions: [{ resource_id: 'R2', resource_scopes: [READ] }] }],
      ['with a scope in place of permissions', { permissions: undefined, scope: READ }],
      ['that is bound to a key', { cnf: { jkt: 'thumbprint' } }],
    ])('does not open for a token %s (T44)', async (_what, claims) => {
      expect(await statusOf(await mint(claims))).toBe(401);
    });

    it('does not open for an opaque token, good as it may be', async () => {
      told('opaque');
      expect(await statusOf('opaque')).toBe(401);
    });

    it('does not open any more once it was told that the token has ended or changed', async () => {
      const token = await mint();
      expect(await statusOf(token)).toBe(200);
      world.clock.advanceMs(1_000);
      world.get(TokenEndings).publish({ issuer: world.as.issuer, tokenId: 't1', kind: 'ended' });
      world.clock.advanceMs(60_000);
      expect(await statusOf(token)).toBe(401);
      expect(await statusOf(await mint({ jti: 't2' }))).toBe(200);
    });

    it('is closed while the keys cannot be had', async () => {
      world.as.prepare('keys', { status: 500 });
      expect(await statusOf(await mint())).toBe(403);
    });
  });

  describe('beside its authorization server (both)', () => {
    beforeEach(() => start('both'));

    it('opens when the token and the authorization server say so', async () => {
      const token = await mint();
      expect(await statusOf(token)).toBe(401);
      told(token);
      expect(await statusOf(token)).toBe(200);
    });

    it('opens only what both say', async () => {
      const token = await mint({}, ['heart-rate:summary']);
      told(token, [READ, 'heart-rate:summary']);
      expect(await statusOf(token)).toBe(401);
      expect((await world.call('/resources/heart/either', bearing(token))).status).toBe(200);
    });

    it('does not trouble the authorization server with a token that it has not signed', async () => {
      const token = await mint();
      const forged = `${token.slice(0, -8)}AAAAAAAA`;
      told(forged);
      expect(await statusOf(forged)).toBe(401);
      expect(world.as.callsTo('introspection')).toEqual([]);
    });

    it('asks about an opaque token alone', async () => {
      told('opaque');
      expect(await statusOf('opaque')).toBe(200);
    });
  });
});
