import * as fc from 'fast-check';

import type { Claim } from './claims.js';
import { ANY_ACCESS, type Decision, type Evaluation } from './decision.js';
import type { Share } from './share.js';
import { decideBySharing, type SharingFacts } from './sharing-decision.js';

const AS = 'https://as.test';
const BOB = { issuer: AS, subject: 'bob' };
const NOW = 1_000;

const aShare = (changes: Partial<Share> = {}): Share => ({
  id: 'share-1',
  ownerId: 'alice',
  target: { resourceId: 'r1' },
  grantee: { kind: 'person', person: BOB },
  scopes: ['read', 'stream'],
  clients: undefined,
  purposes: undefined,
  paused: false,
  startsMs: undefined,
  expiresMs: undefined,
  createdMs: 0,
  ...changes,
});

const aQuestion = (changes: Partial<Evaluation> = {}): Evaluation => ({
  subject: { person: BOB, claims: [] },
  action: { name: 'read' },
  resource: { id: 'r1', type: 'heart', ownerId: 'alice', resourceServer: 'rs1' },
  context: { atMs: NOW, clientId: 'viewer' },
  ...changes,
});

const bobWith = (...claims: Claim[]): Partial<Evaluation> => ({ subject: { person: BOB, claims } });

const decide = (
  question: Evaluation,
  shares: readonly Share[],
  facts: Partial<SharingFacts> = {},
): Decision['context'] =>
  decideBySharing(question, {
    shares,
    suspended: undefined,
    resumedMs: undefined,
    blockId: undefined,
    paused: false,
    acceptsRequests: false,
    refusedScopes: [],
    issuer: AS,
    emailIssuers: [AS],
    ...facts,
  }).context;

describe('decideBySharing', () => {
  it('permits what a share covers, until the share ends, and names the share', () => {
    expect(decide(aQuestion(), [aShare({ expiresMs: 2_000 })])).toEqual({
      outcome: 'permit',
      rule: { kind: 'share', id: 'share-1' },
      shareId: 'share-1',
      untilMs: 2_000,
    });
  });

  it.each([
    ['there is no share at all (UMA Grant 5.6)', []],
    ['the share is of another resource', [aShare({ target: { resourceId: 'r2' } })]],
    ['the share is of another type', [aShare({ target: { resourceType: 'photo' } })]],
    [
      "the share is of another owner's resources of the type",
      [aShare({ ownerId: 'carol', target: { resourceType: 'heart' } })],
    ],
    [
      'the share is with another person',
      [aShare({ grantee: { kind: 'person', person: { ...BOB, subject: 'carol' } } })],
    ],
    [
      'the share is with someone of the same subject at another issuer',
      [aShare({ grantee: { kind: 'person', person: { ...BOB, issuer: 'https://x.test' } } })],
    ],
    ['the share has not begun', [aShare({ startsMs: NOW + 1 })]],
    ['the share ends at this very instant', [aShare({ expiresMs: NOW })]],
    ['the share is paused', [aShare({ paused: true })]],
    ['the share is limited to another client', [aShare({ clients: ['other'] })]],
    ['the share asks for no claim at all (UMA Grant 5.6)', [aShare({ grantee: { kind: 'claims', claims: [] } })]],
  ])('denies when %s', (_when, shares) => {
    expect(decide(aQuestion(), shares)).toEqual({ outcome: 'deny', rule: { kind: 'no-share' } });
    expect(decide(aQuestion({ action: { name: ANY_ACCESS } }), shares)).toMatchObject({ outcome: 'deny' });
  });

  it('denies a scope that the share does not cover', () => {
    expect(decide(aQuestion({ action: { name: 'write' } }), [aShare()])).toMatchObject({ outcome: 'deny' });
  });

  it('permits access without any scope only by a share (UMA Grant 5.6)', () => {
    expect(decide(aQuestion({ action: { name: ANY_ACCESS } }), [aShare()])).toMatchObject({ outcome: 'permit' });
  });

  it('permits by a share of the type, whichever resource of the owner it is', () => {
    expect(decide(aQuestion(), [aShare({ target: { resourceType: 'heart' } })])).toMatchObject({ outcome: 'permit' });
  });

  it('takes of several shares the one that lasts longest', () => {
    const shares = [aShare({ id: 'a', expiresMs: 5_000 }), aShare({ id: 'b' }), aShare({ id: 'c', expiresMs: 9_000 })];
    expect(decide(aQuestion(), shares)).toMatchObject({ shareId: 'b', untilMs: undefined });
  });

  it('asks who the person is while nobody is identified, whether or not something is shared', () => {
    const asked = { outcome: 'need-claims', claims: [{ name: 'sub', issuers: [] }], shareIds: [] };
    expect(decide(aQuestion({ subject: undefined }), [aShare()])).toMatchObject(asked);
    expect(decide(aQuestion({ subject: undefined }), [])).toMatchObject(asked);
  });

  describe('with whoever has a verified e-mail address', () => {
    const shares = [aShare({ grantee: { kind: 'email', email: 'bob@example.org' } })];
    const email = (value: string, issuer = AS): Claim => ({ name: 'email', value, issuer });

    it('permits the person who has it, however it is written', () => {
      expect(decide(aQuestion(bobWith(email('Bob@Example.org'))), shares)).toMatchObject({ outcome: 'permit' });
    });

    it('asks for the address, and tells which issuers are believed and whose condition it is, but not the address', () => {
      expect(decide(aQuestion(), shares)).toEqual({
        outcome: 'need-claims',
        rule: { kind: 'share', id: 'share-1' },
        claims: [{ name: 'email', issuers: [AS] }],
        shareIds: ['share-1'],
      });
    });

    it('denies who has another address: to ask again would change nothing', () => {
      expect(decide(aQuestion(bobWith(email('carol@example.org'))), shares)).toMatchObject({ outcome: 'deny' });
    });

    it('does not believe any issuer about an address', () => {
      const claimed = bobWith(email('bob@example.org', 'https://evil.test'));
      expect(decide(aQuestion(claimed), shares)).toMatchObject({ outcome: 'need-claims' });
    });
  });

  describe('with whoever has some claims', () => {
    const role = { name: 'role', value: 'nurse', issuer: 'https://clinic.test' };
    const ward = { name: 'ward', value: 3, issuer: 'https://clinic.test' };
    const shares = [aShare({ grantee: { kind: 'claims', claims: [role, ward] } })];

    it('permits who has all of them', () => {
      expect(decide(aQuestion(bobWith(role, ward)), shares)).toMatchObject({ outcome: 'permit' });
    });

    it('permits by one of several values of a claim', () => {
      const porter = { ...role, value: 'porter' };
      expect(decide(aQuestion(bobWith(porter, role, ward)), shares)).toMatchObject({ outcome: 'permit' });
    });

    it('asks for those that are missing, of their issuer', () => {
      expect(decide(aQuestion(bobWith(role)), shares)).toMatchObject({
        claims: [{ name: 'ward', issuers: ['https://clinic.test'] }],
      });
    });

    it('knows who somebody is without asking for their subject', () => {
      const withSubject = (value: string, issuer = AS) => [
        aShare({ grantee: { kind: 'claims', claims: [{ name: 'sub', value, issuer }] } }),
      ];
      expect(decide(aQuestion(), withSubject(BOB.subject))).toMatchObject({ outcome: 'permit' });
      expect(decide(aQuestion(), withSubject('carol'))).toMatchObject({ outcome: 'deny' });
      expect(decide(aQuestion(), withSubject(BOB.subject, 'https://clinic.test'))).toMatchObject({ outcome: 'deny' });
    });

    it.each(['zodiac', 'role'])('does not ask this server for what it cannot say of anybody: %s', (name) => {
      const required = [{ name, value: 'x', issuer: AS }];
      const shared = [aShare({ grantee: { kind: 'claims', claims: required } })];
      expect(decide(aQuestion(), shared)).toMatchObject({ outcome: 'deny', rule: { kind: 'no-share' } });
      expect(decide(aQuestion(), shared, { acceptsRequests: true })).toMatchObject({ outcome: 'need-owner' });
    });

    it.each(['name', 'email', 'acr', 'purpose_of_use'])('asks this server for what it can say: %s', (name) => {
      const required = [{ name, value: 'x', issuer: AS }];
      const shared = [aShare({ grantee: { kind: 'claims', claims: required } })];
      expect(decide(aQuestion(), shared)).toMatchObject({ outcome: 'need-claims', claims: [{ name, issuers: [AS] }] });
    });

    it('has nothing for a client that cannot bring claims of that issuer: the owner can be asked as without it', () => {
      const elsewhere = { context: { atMs: NOW, clientId: 'viewer', claimIssuers: [AS] } };
      expect(decide(aQuestion(elsewhere), shares)).toMatchObject({ outcome: 'deny', rule: { kind: 'no-share' } });
      expect(decide(aQuestion(elsewhere), shares, { acceptsRequests: true })).toMatchObject({ outcome: 'need-owner' });
      const there = { context: { ...elsewhere.context, claimIssuers: [AS, 'https://clinic.test'] } };
      expect(decide(aQuestion(there), shares)).toMatchObject({ outcome: 'need-claims' });
    });

    it('denies who has another value, and asks who has it from another issuer', () => {
      expect(decide(aQuestion(bobWith({ ...role, value: 'porter' }, ward)), shares)).toMatchObject({ outcome: 'deny' });
      expect(decide(aQuestion(bobWith({ ...role, issuer: AS }, ward)), shares)).toMatchObject({
        outcome: 'need-claims',
      });
    });
  });

  it('asks for the purpose where a share is limited to some, and permits those alone', () => {
    const shares = [aShare({ purposes: ['TREAT', 'HRESCH'] })];
    const purpose = (value: string): Claim => ({ name: 'purpose_of_use', value, issuer: AS });
    expect(decide(aQuestion(), shares)).toMatchObject({ claims: [{ name: 'purpose_of_use', issuers: [] }] });
    expect(decide(aQuestion(bobWith(purpose('HRESCH'))), shares)).toMatchObject({ outcome: 'permit' });
    expect(decide(aQuestion(bobWith(purpose('HMARKT'))), shares)).toMatchObject({ outcome: 'deny' });
  });

  it.each(['owner', 'requesting-party'] as const)('denies everything while the %s is suspended', (suspended) => {
    const facts = { suspended, blockId: 'block-1', paused: true, acceptsRequests: true };
    expect(decide(aQuestion(), [aShare()], facts)).toEqual({
      outcome: 'deny',
      rule: { kind: `${suspended}-suspended` },
    });
    expect(decide(aQuestion({ subject: undefined }), [aShare()], facts)).toMatchObject({ outcome: 'need-claims' });
  });

  it('asks anew who somebody is that proved it before they were suspended, to the second', () => {
    const identified = (identifiedMs: number) => aQuestion({ subject: { person: BOB, claims: [], identifiedMs } });
    const facts = { resumedMs: 5_700 };
    expect(decide(identified(4_999), [aShare()], facts)).toEqual({
      outcome: 'need-claims',
      rule: { kind: 'unknown-requesting-party' },
      claims: [{ name: 'sub', issuers: [] }],
      shareIds: [],
    });
    expect(decide(identified(5_000), [aShare()], facts)).toMatchObject({ outcome: 'permit' });
    expect(decide(aQuestion(), [aShare()], facts)).toMatchObject({ outcome: 'permit' });
    expect(decide(identified(0), [aShare()])).toMatchObject({ outcome: 'permit' });
  });

  it('denies a blocked person, whatever is shared, before it asks for anything', () => {
    expect(decide(aQuestion(), [aShare()], { blockId: 'block-1', acceptsRequests: true })).toEqual({
      outcome: 'deny',
      rule: { kind: 'blocked-person', id: 'block-1' },
    });
  });

  it('denies everybody while all sharing is paused', () => {
    expect(decide(aQuestion(), [aShare()], { paused: true })).toEqual({
      outcome: 'deny',
      rule: { kind: 'sharing-paused' },
    });
  });

  it('leaves what no share covers to an owner who wants to be asked, but not what they refused a short while ago', () => {
    const facts = { acceptsRequests: true, refusedScopes: ['write'] };
    expect(decide(aQuestion({ action: { name: 'print' } }), [aShare()], facts)).toEqual({
      outcome: 'need-owner',
      rule: { kind: 'access-requests' },
    });
    expect(decide(aQuestion({ action: { name: 'write' } }), [aShare()], facts)).toEqual({
      outcome: 'deny',
      rule: { kind: 'refused-access-request' },
    });
    expect(decide(aQuestion(), [aShare()], { ...facts, refusedScopes: ['read'] })).toMatchObject({ outcome: 'permit' });
  });

  const instant = fc.option(fc.integer({ min: 998, max: 1_002 }), { nil: undefined });
  const share = fc
    .record({
      target: fc.constantFrom({ resourceId: 'r1' }, { resourceId: 'r2' }, { resourceType: 'heart' }),
      grantee: fc
        .record({ issuer: fc.constantFrom(AS, 'https://idp.test'), subject: fc.constantFrom('bob', 'carol') })
        .map((person) => ({ kind: 'person' as const, person })),
      scopes: fc.uniqueArray(fc.constantFrom('read', 'stream')),
      clients: fc.option(fc.constantFrom(['viewer'], ['other']), { nil: undefined }),
      paused: fc.boolean(),
      startsMs: instant,
      expiresMs: instant,
    })
    .map((changes) => aShare(changes));

  it('permits exactly when a naive reading of the shares does', () => {
    fc.assert(
      fc.property(fc.array(share, { maxLength: 4 }), (shares) => {
        const isMeant = ({ target, grantee, clients }: Share) =>
          ('resourceType' in target || target.resourceId === 'r1') &&
          grantee.kind === 'person' &&
          grantee.person.issuer === AS &&
          grantee.person.subject === 'bob' &&
          clients?.[0] !== 'other';
        const isInTime = ({ paused, startsMs = 0, expiresMs = 9_999 }: Share) =>
          !paused && startsMs <= NOW && NOW < expiresMs;
        const naive = shares.some((one) => one.scopes.includes('read') && isMeant(one) && isInTime(one));
        expect(decide(aQuestion(), shares).outcome === 'permit').toBe(naive);
      }),
    );
  });
});
