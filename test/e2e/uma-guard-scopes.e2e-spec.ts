import { FakeAuthorizationServer } from '../../src/testing/index.js';
import { SECRET_BEAT } from '../support/guarded-application.js';
import '../support/uma-matchers.js';
import { bearing, GuardWorld, type Reply } from '../support/guard-world.js';

const READ = 'heart-rate:read';
const SUMMARY = 'heart-rate:summary';

describe('the guard with several scopes and several resources', () => {
  let world: GuardWorld;

  beforeEach(async () => {
    world = await GuardWorld.start();
  });

  afterEach(() => world.stop());

  const give = (permissions: Readonly<Record<string, readonly string[]>>) =>
    world.as.tokens.set('rpt', world.active(permissions));
  const call = (path: string, headers = {}) => world.call(path, { ...bearing('rpt'), ...headers });
  const askedFor = () => world.as.callsTo('permission').map(({ body }) => body);

  function expectRefused(reply: Reply): void {
    expect(reply).toBeUmaChallenge({ asUri: world.as.issuer, ticket: world.as.lastTicket });
    expect(reply.body).not.toContain(SECRET_BEAT);
  }

  describe('any one of several scopes', () => {
    it.each([[READ], [SUMMARY]])('passes with %s alone', async (scope) => {
      give({ R1: [scope] });
      expect((await call('/resources/heart/either')).status).toBe(200);
    });

    it('does not pass with another scope, and asks for the first of those it names', async () => {
      give({ R1: ['heart-rate:write'] });
      expectRefused(await call('/resources/heart/either'));
      expect(askedFor()).toEqual([{ resource_id: 'R1', resource_scopes: [SUMMARY] }]);
    });

    it('tells the handler which of them are in effect', async () => {
      give({ R1: [READ] });
      expect(JSON.parse((await call('/resources/heart/either')).body)).toEqual({ beat: SECRET_BEAT, scopes: [READ] });
    });
  });

  describe('several resources', () => {
    it('pass when every one of them is open, and the handler gets a decision for each', async () => {
      give({ R1: [READ], R2: [READ] });
      const reply = await call('/together/heart/lungs');
      expect(JSON.parse(reply.body)).toEqual({ beat: SECRET_BEAT, ids: ['heart', 'lungs'] });
      expect(reply.headers['cache-control']).toBe('private, no-store');
    });

    it('do not pass when one of them is closed; one ticket asks for all, so that the next token opens all', async () => {
      give({ R1: [READ] });
      for (const path of ['/together/heart/lungs', '/together/lungs/heart']) expectRefused(await call(path));
      const [first, second] = askedFor();
      expect(first).toEqual([
        { resource_id: 'R1', resource_scopes: [READ] },
        { resource_id: 'R2', resource_scopes: [READ] },
      ]);
      expect(second).toEqual([
        { resource_id: 'R2', resource_scopes: [READ] },
        { resource_id: 'R1', resource_scopes: [READ] },
      ]);
    });

    it('are not opened by a scope at one and another scope at the other', async () => {
      give({ R1: [READ], R2: [SUMMARY] });
      expectRefused(await call('/together/heart/lungs'));
    });

    it('need any one scope each, where any one will do; the ticket asks for what is in effect already', async () => {
      give({ R1: [READ] });
      expectRefused(await call('/either-of/heart/lungs'));
      expect(askedFor()).toEqual([
        [
          { resource_id: 'R1', resource_scopes: [READ] },
          { resource_id: 'R2', resource_scopes: [SUMMARY] },
        ],
      ]);
      give({ R1: [READ], R2: [SUMMARY] });
      expect((await call('/either-of/heart/lungs')).status).toBe(200);
    });

    it('are one when they are named twice', async () => {
      give({ R1: [READ] });
      expect(JSON.parse((await call('/together/heart/heart')).body)).toMatchObject({ ids: ['heart'] });
    });

    it('are refused as a whole when one of them does not exist', async () => {
      give({ R1: [READ], R2: [READ] });
      expect((await call('/together/heart/stomach')).status).toBe(404);
    });

    it('share one question about the token', async () => {
      give({ R1: [READ], R2: [READ] });
      await call('/together/heart/lungs');
      await call('/together/heart/lungs');
      expect(world.as.callsTo('introspection')).toHaveLength(1);
    });

    it('cannot be taken for one by the handler', async () => {
      give({ R1: [READ], R2: [READ] });
      const reply = await call('/only-one/heart/lungs');
      expect(reply.status).toBe(500);
      expect(reply.body).not.toContain(SECRET_BEAT);
    });

    it('come from a loader as a list', async () => {
      give({ R1: [READ], R2: [READ] });
      const headers = { 'x-resources': 'heart,lungs' };
      expect(JSON.parse((await call('/all-of-them', headers)).body)).toMatchObject({ ids: ['heart', 'lungs'] });
      give({ R1: [READ] });
      world.clock.advanceMs(10_000);
      expectRefused(await call('/all-of-them', headers));
    });

    it('are refused when the loader finds none, and when it finds more than a ticket can ask for', async () => {
      expect((await call('/all-of-them')).status).toBe(404);
      const headers = { 'x-resources': Array.from({ length: 51 }, (_none, index) => `r${index}`).join() };
      expect((await call('/all-of-them', headers)).status).toBe(400);
    });
  });

  describe('of owners with different authorization servers', () => {
    let other: FakeAuthorizationServer;

    beforeEach(async () => {
      other = await FakeAuthorizationServer.start();
      world.own('dana', 'R1', { issuer: other.issuer, subject: 'dana' });
      world.pats.set('dana', 'PATa1');
    });

    afterEach(() => other.stop());

    it('are each challenged with their own authorization server', async () => {
      const [own] = world.lines(await world.call('/resources/heart/heart-rate'));
      const [others] = world.lines(await world.call('/resources/dana/heart-rate'));
      expect(own).toContain(`as_uri="${world.as.issuer}"`);
      expect(others).toContain(`as_uri="${other.issuer}"`);
    });

    it('are not opened by a token of the other’s, though both call the resource the same', async () => {
      give({ R1: [READ] });
      expect((await call('/resources/heart/heart-rate')).status).toBe(200);
      const reply = await call('/resources/dana/heart-rate');
      expect(reply.status).toBe(401);
      expect(other.callsTo('introspection')).toHaveLength(1);
    });

    it('are challenged with that of the first that is closed, for what is its own alone', async () => {
      give({ R1: [READ] });
      const reply = await call('/together/heart/dana');
      expect(world.lines(reply)[0]).toContain(`as_uri="${other.issuer}"`);
      expect(other.callsTo('permission').map(({ body }) => body)).toEqual([
        { resource_id: 'R1', resource_scopes: [READ] },
      ]);
    });
  });
});
