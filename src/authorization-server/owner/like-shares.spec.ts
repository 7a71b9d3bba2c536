import type { Grantee, Share, ShareTarget } from '../policy/share.js';
import { likeShares } from './like-shares.js';

const NOW = 1_000;
const HEART: ShareTarget = { resourceId: 'heart' };
const HEARTS: ShareTarget = { resourceType: 'hearts' };
const TYPES = new Map([['heart', 'hearts']]);
const CAROL: Grantee = { kind: 'person', person: { issuer: 'https://as.test', subject: 'carol' } };
const BOB: Grantee = { kind: 'person', person: { issuer: 'https://as.test', subject: 'bob' } };
const EMAIL: Grantee = { kind: 'email', email: 'carol@example.org' };
const CLAIMS: Grantee = { kind: 'claims', claims: [{ name: 'role', value: 'doctor', issuer: 'https://idp.test' }] };

function share(changes: Partial<Share> = {}): Share {
  return {
    id: 'other',
    ownerId: 'alice',
    target: HEART,
    grantee: CAROL,
    scopes: ['read'],
    clients: undefined,
    purposes: undefined,
    paused: false,
    startsMs: undefined,
    expiresMs: undefined,
    createdMs: 0,
    ...changes,
  };
}

describe('the shares that may give somebody what another gave', () => {
  const stopped = share({ id: 'stopped' });

  it.each<[string, Partial<Share>]>([
    ['with an address that may be theirs', { grantee: EMAIL }],
    ['with whoever has claims', { grantee: CLAIMS }],
    ['of all of the kind, with the same person', { target: HEARTS }],
    ['of all of the kind, with an address', { target: HEARTS, grantee: EMAIL }],
    ['of more than that', { grantee: EMAIL, scopes: ['write', 'read'] }],
  ])('are those %s', (_what, changes) => {
    const other = share(changes);
    expect(likeShares(stopped, [stopped, other], TYPES, NOW)).toEqual([other]);
  });

  it.each<[string, Partial<Share>]>([
    ['with another person', { grantee: BOB }],
    ['of something else', { target: { resourceId: 'steps' }, grantee: EMAIL }],
    ['of another kind', { target: { resourceType: 'steps' } }],
    ['of other things of it', { grantee: EMAIL, scopes: ['write'] }],
    ['that are paused', { grantee: EMAIL, paused: true }],
    ['that are over', { grantee: EMAIL, expiresMs: NOW }],
  ])('are not those %s', (_what, changes) => {
    expect(likeShares(stopped, [stopped, share(changes)], TYPES, NOW)).toEqual([]);
  });

  it('are those of one thing, when all of its kind is not shared any more', () => {
    const ofKind = share({ id: 'stopped', target: HEARTS, grantee: EMAIL });
    const other = share();
    expect(likeShares(ofKind, [ofKind, other], TYPES, NOW)).toEqual([other]);
  });
});
