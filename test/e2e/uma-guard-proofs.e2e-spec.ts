import { ProofMaker } from '../../src/testing/index.js';
import { SECRET_BEAT } from '../support/guarded-application.js';
import '../support/uma-matchers.js';
import { bearing, GuardWorld, type Reply } from '../support/guard-world.js';

const READ = 'heart-rate:read';
const PATH = '/resources/heart/heart-rate';

describe('a requesting party token that is bound to a key (RFC 9449)', () => {
  let world: GuardWorld;
  let maker: ProofMaker;

  beforeEach(async () => {
    world = await GuardWorld.start();
    maker = await ProofMaker.make();
    bind(maker.jkt);
  });

  afterEach(() => world.stop());

  function bind(jkt: string): void {
    const members = { token_type: 'DPoP', cnf: { jkt } };
    world.as.tokens.set('rpt', world.active({ R1: [READ] }, members));
  }

  const about = (path = PATH) => ({ token: 'rpt', url: `http://rs.test${path}`, nowSeconds: world.clock.nowSeconds() });
  const with_ = (dpop: string | string[], scheme = 'DPoP') => ({ authorization: `${scheme} rpt`, dpop });

  function expectRefused(reply: Reply): void {
    expect(reply).toBeUmaChallenge({ asUri: world.as.issuer, ticket: world.as.lastTicket });
    expect(reply.body).not.toContain(SECRET_BEAT);
  }

  it('opens with a proof for this request, and with a new one for the next', async () => {
    const open = async () => (await world.call(PATH, with_(await maker.proof(about())))).status;
    expect([await open(), await open()]).toEqual([200, 200]);
    expect(world.as.callsTo('introspection')).toHaveLength(1);
  });

  it('does not open when it is merely borne (T46)', async () => {
    expectRefused(await world.call(PATH, bearing('rpt')));
    expectRefused(await world.call(PATH, with_(await maker.proof(about()), 'Bearer')));
  });

  it('does not open when it is borne while a decision for its holder is remembered', async () => {
    await world.call(PATH, with_(await maker.proof(about())));
    expectRefused(await world.call(PATH, bearing('rpt')));
  });

  it('does not open with a proof that was used before', async () => {
    const proof = await maker.proof(about());
    expect((await world.call(PATH, with_(proof))).status).toBe(200);
    const reply = await world.call(PATH, with_(proof));
    expectRefused(reply);
    expect(JSON.parse(reply.body)).toMatchObject({ error: 'invalid_dpop_proof' });
  });

  it.each<[string, object]>([
    ['for another address', { htu: 'http://rs.test/resources/lungs/heart-rate' }],
    ['for another method', { htm: 'POST' }],
    ['for another token', { ath: 'other' }],
    ['that is old', { iat: 1 }],
  ])('does not open with a proof %s, and says what is wrong (T46)', async (_what, claims) => {
    const reply = await world.call(PATH, with_(await maker.proof(about(), { ...claims })));
    expectRefused(reply);
    expect(world.lines(reply)[1]).toContain('DPoP realm="heart", error="invalid_dpop_proof"');
  });

  it('does not open with the proof of another key', async () => {
    const thief = await ProofMaker.make();
    expectRefused(await world.call(PATH, with_(await thief.proof(about()))));
  });

  it('does not open without a proof, nor with two', async () => {
    expectRefused(await world.call(PATH, { authorization: 'DPoP rpt' }));
    expectRefused(await world.call(PATH, with_([await maker.proof(about()), await maker.proof(about())])));
  });

  it('that is bound to nothing does not open by this scheme: its sender would believe it safe', async () => {
    world.as.tokens.set('rpt', world.active({ R1: [READ] }));
    expectRefused(await world.call(PATH, with_(await maker.proof(about()))));
    expect((await world.call(PATH, bearing('rpt'))).status).toBe(200);
  });

  it('that is bound by a certificate does not open at all', async () => {
    world.as.tokens.set('rpt', world.active({ R1: [READ] }, { cnf: { 'x5t#S256': 'thumbprint' } }));
    expectRefused(await world.call(PATH, bearing('rpt')));
    expectRefused(await world.call(PATH, with_(await maker.proof(about()))));
  });

  it('does not let strangers spend proofs: a proof with a bad token uses nothing up', async () => {
    world.as.tokens.delete('rpt');
    const proof = await maker.proof(about());
    expectRefused(await world.call(PATH, with_(proof)));
    bind(maker.jkt);
    expect((await world.call(PATH, with_(proof))).status).toBe(200);
  });
});
