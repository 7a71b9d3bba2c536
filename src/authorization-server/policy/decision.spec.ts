import * as fc from 'fast-check';

import { decide, type DecisionRequest } from './decision.js';
import type { Share } from './share.js';

const BOB = { issuer: 'https://as.test', subject: 'bob' };
const NOW = 1_000;

const aShare = (changes: Partial<Share> = {}): Share => ({
  id: 'share-1',
  ownerId: 'alice',
  resourceId: 'r1',
  grantee: BOB,
  scopes: ['read', 'stream'],
  startsMs: undefined,
  expiresMs: undefined,
  createdMs: 0,
  ...changes,
});

const aRequest = (changes: Partial<DecisionRequest> = {}): DecisionRequest => ({
  subject: BOB,
  action: { scopes: ['read'] },
  resource: { id: 'r1' },
  context: { atMs: NOW },
  ...changes,
});

describe('decide', () => {
  it('permits what a share covers, until the share ends', () => {
    expect(decide(aRequest(), [aShare({ expiresMs: 2_000 })])).toEqual({
      kind: 'permit',
      scopes: ['read'],
      shareId: 'share-1',
      untilMs: 2_000,
    });
  });

  it('permits of several scopes those that the share covers', () => {
    expect(decide(aRequest({ action: { scopes: ['write', 'stream', 'read'] } }), [aShare()])).toMatchObject({
      kind: 'permit',
      scopes: ['stream', 'read'],
    });
  });

  it.each([
    ['there is no share at all (UMA Grant 5.6)', []],
    ['the share is of another resource', [aShare({ resourceId: 'r2' })]],
    ['the share is with another person', [aShare({ grantee: { ...BOB, subject: 'carol' } })]],
    ['the share is with someone of the same subject at another issuer', [aShare({ grantee: { ...BOB, issuer: 'x' } })]],
    ['the share has not begun', [aShare({ startsMs: NOW + 1 })]],
    ['the share ends at this very instant', [aShare({ expiresMs: NOW })]],
  ])('denies when %s', (_when, shares) => {
    expect(decide(aRequest(), shares)).toEqual({ kind: 'deny' });
    expect(decide(aRequest({ action: { scopes: [] } }), shares)).toEqual({ kind: 'deny' });
  });

  it('permits access without any scope only by a share (UMA Grant 5.6)', () => {
    expect(decide(aRequest({ action: { scopes: [] } }), [aShare()])).toMatchObject({ kind: 'permit', scopes: [] });
  });

  it('asks who the person is while nobody is identified, whether or not something is shared', () => {
    const asked = { kind: 'need-claims', claims: ['sub'] };
    expect(decide(aRequest({ subject: undefined }), [aShare()])).toEqual(asked);
    expect(decide(aRequest({ subject: undefined }), [])).toEqual(asked);
  });

  const scopes = fc.uniqueArray(fc.constantFrom('read', 'stream', 'write'));
  const person = fc.record({ issuer: fc.constantFrom('a', 'b'), subject: fc.constantFrom('bob', 'carol') });
  const instant = fc.option(fc.integer({ min: 998, max: 1_002 }), { nil: undefined });
  const share = fc
    .record({
      id: fc.uuid(),
      resourceId: fc.constantFrom('r1', 'r2'),
      grantee: person,
      scopes,
      startsMs: instant,
      expiresMs: instant,
    })
    .map((changes) => aShare(changes));
  const request = fc.record({ subject: person, action: fc.record({ scopes }), resource: fc.constant({ id: 'r1' }) });

  it('permits a scope exactly when a naive reading of the shares does, of which a person has one per resource', () => {
    fc.assert(
      fc.property(
        request.map((changes) => aRequest(changes)),
        fc.uniqueArray(share, { selector: ({ resourceId, grantee }) => JSON.stringify([resourceId, grantee]) }),
        (asked, shares) => {
          const naive = asked.action.scopes.filter((scope) =>
            shares.some(
              ({ resourceId, grantee, scopes: shared, startsMs = 0, expiresMs = 9_999 }) =>
                resourceId === asked.resource.id &&
                grantee.issuer === asked.subject?.issuer &&
                grantee.subject === asked.subject.subject &&
                startsMs <= NOW &&
                NOW < expiresMs &&
                shared.includes(scope),
            ),
          );
          const decision = decide(asked, shares);
          expect(decision.kind === 'permit' ? decision.scopes : []).toEqual(naive);
        },
      ),
    );
  });
});
