import { exportJWK, generateKeyPair, SignJWT } from 'jose';

import { FixedClock } from '../../common/clock.fake.js';
import { FakeNews } from '../../common/news.fake.js';
import { ProofMaker } from '../../testing/index.js';
import { accessTokenHash, DPOP_ALGORITHMS, DpopProofs, InvalidProof } from './dpop-proofs.js';

type Claims = Readonly<Record<string, unknown>>;

const terms = { token: 'rpt', method: 'GET', url: 'https://rs.test/resources/1/heart-rate' };

describe('DpopProofs', () => {
  let clock: FixedClock;
  let proofs: DpopProofs;
  let maker: ProofMaker;

  beforeEach(async () => {
    clock = new FixedClock();
    proofs = new DpopProofs(clock);
    maker = await ProofMaker.make();
  });

  const about = (changes: Partial<typeof terms> = {}) => ({ ...terms, ...changes, nowSeconds: clock.nowSeconds() });
  const proof = (claims: Claims = {}, header: object = {}) => maker.proof(about(), claims, { ...header });
  const seconds = (offset: number) => clock.nowSeconds() + offset;

  it('tells whose key a proof was made with (RFC 9449 4.3)', async () => {
    expect(await proofs.prove([await proof()], terms)).toMatchObject({ jkt: maker.jkt });
  });

  it.each(DPOP_ALGORITHMS)('takes a proof signed by %s', async (algorithm) => {
    const other = await ProofMaker.make(algorithm);
    expect(await proofs.prove([await other.proof(about())], terms)).toMatchObject({ jkt: other.jkt });
  });

  it('lets a proof be spent once, however often it is checked (RFC 9449 11.1)', async () => {
    const sent = [await proof()];
    const [first, second] = [await proofs.prove(sent, terms), await proofs.prove(sent, terms)];
    expect([first.spend(), second.spend(), first.spend()]).toEqual([true, false, false]);
  });

  it('lets a proof be spent at one instance of several', async () => {
    const [here, there] = FakeNews.pair();
    const [one, other] = [new DpopProofs(clock, here), new DpopProofs(clock, there)];
    const sent = [await proof()];
    expect((await one.prove(sent, terms)).spend()).toBe(true);
    expect((await other.prove(sent, terms)).spend()).toBe(false);
    here.lose();
    expect((await one.prove([await proof()], terms)).spend()).toBe(true);
    for (const nonsense of [null, [], [1, 2], ['id', 'soon']]) there.hear('spent-proof', nonsense);
    other.onModuleDestroy();
    const late = [await proof()];
    here.isComplete = true;
    expect((await one.prove(late, terms)).spend()).toBe(true);
    expect((await other.prove(late, terms)).spend()).toBe(true);
  });

  it('does not let a proof be spent that has grown old while it was decided', async () => {
    const late = await proofs.prove([await proof()], terms);
    clock.advanceMs(61_000);
    expect(late.spend()).toBe(false);
  });

  it('does not take the same jti of two keys for the same proof', async () => {
    const other = await ProofMaker.make();
    const claims = { jti: 'same' };
    const one = await proofs.prove([await proof(claims)], terms);
    const another = await proofs.prove([await other.proof(about(), claims)], terms);
    expect([one.spend(), another.spend()]).toEqual([true, true]);
  });

  it.each(['https://RS.test/resources/1/heart-rate', 'https://rs.test:443/resources/1/heart-rate?a=b#c'])(
    'compares the address after normalisation, without query and fragment: %s',
    async (htu) => {
      expect(await proofs.prove([await proof({ htu })], terms)).toMatchObject({ jkt: maker.jkt });
    },
  );

  it.each<[string, Claims | ((now: number) => Claims)]>([
    ['for another method', { htm: 'POST' }],
    ['for a method in lower case', { htm: 'get' }],
    ['for another address', { htu: 'https://rs.test/resources/2/heart-rate' }],
    ['for another host', { htu: 'https://evil.test/resources/1/heart-rate' }],
    ['for no address', { htu: '/resources/1/heart-rate' }],
    ['for another token', { ath: accessTokenHash('other') }],
    ['for no token', { ath: undefined }],
    ['without an id', { jti: undefined }],
    ['with an empty id', { jti: '' }],
    ['with an id without measure', { jti: 'x'.repeat(129) }],
    ['without a time', { iat: undefined }],
    ['that is old', (now) => ({ iat: now - 61 })],
    ['of a time to come', (now) => ({ iat: now + 11 })],
    ['that has ended', (now) => ({ exp: now - 11 })],
  ])('refuses a proof %s (T46)', async (_what, claims) => {
    const sent = await proof(typeof claims === 'function' ? claims(seconds(0)) : claims);
    await expect(proofs.prove([sent], terms)).rejects.toThrow(InvalidProof);
  });

  it.each<[string, object]>([
    ['of another type', { typ: 'JWT' }],
    ['without a type', { typ: undefined }],
    ['without its key', { jwk: undefined }],
    ['with a key that is no key', { jwk: { kty: 'EC', crv: 'P-256', x: '!', y: '!' } }],
    ['with a symmetric key', { jwk: { kty: 'oct', k: 'c2VjcmV0' } }],
    ['that demands an extension nobody knows', { crit: ['unknown'], unknown: true }],
  ])('refuses a proof %s', async (_what, header) => {
    const sent = await proof({}, header).catch(() => tampered(header));
    await expect(proofs.prove([sent], terms)).rejects.toThrow(InvalidProof);
  });

  it('refuses a proof that carries a private key', async () => {
    const { privateKey } = await generateKeyPair('ES256', { extractable: true });
    const sent = await proof({}, { jwk: await exportJWK(privateKey) });
    await expect(proofs.prove([sent], terms)).rejects.toThrow(InvalidProof);
  });

  it('refuses a proof that another key has signed', async () => {
    const other = await ProofMaker.make();
    await expect(proofs.prove([await proof({}, { jwk: other.jwk })], terms)).rejects.toThrow(InvalidProof);
  });

  it('refuses a proof by a shared secret', async () => {
    const secret = new TextEncoder().encode('a secret of thirty-two characters');
    const header = { typ: 'dpop+jwt', alg: 'HS256', jwk: maker.jwk };
    const sent = await new SignJWT({}).setProtectedHeader(header).sign(secret);
    await expect(proofs.prove([sent], terms)).rejects.toThrow(InvalidProof);
  });

  it('refuses no proof, two proofs and what is none', async () => {
    const sent = await proof();
    for (const values of [[], [sent, sent], [''], ['a.b.c'], [`${sent}x`], [`${sent}, ${sent}`]]) {
      await expect(proofs.prove(values, terms)).rejects.toThrow(InvalidProof);
    }
  });

  /** A proof with a header that no library would sign. */
  async function tampered(header: object): Promise<string> {
    const [, payload, signature] = (await proof()).split('.');
    const right = { typ: 'dpop+jwt', alg: 'ES256', jwk: maker.jwk };
    return [Buffer.from(JSON.stringify({ ...right, ...header })).toString('base64url'), payload, signature].join('.');
  }
});
