import { granteeKey, isInForce, shareOf, type ShareTerms, termColumns } from './share.js';

describe('a share', () => {
  it.each([
    ['from its beginning on', { startsMs: 5 }, [5, 6], [4]],
    ['until its end, which is not in it', { expiresMs: 5 }, [4], [5, 6]],
    ['between the two', { startsMs: 5, expiresMs: 6 }, [5], [4, 6]],
    ['always, without either', {}, [0, Number.MAX_SAFE_INTEGER], []],
    ['never while it is paused', { startsMs: 5, expiresMs: 7, paused: true }, [], [4, 5, 6, 7]],
  ])('is in force %s', (_when, terms, inForce, not) => {
    expect(inForce.filter((atMs) => !isInForce(terms, atMs))).toEqual([]);
    expect(not.filter((atMs) => isInForce(terms, atMs))).toEqual([]);
  });

  const limited: ShareTerms = {
    scopes: ['read'],
    clients: ['c1'],
    purposes: ['TREAT'],
    paused: true,
    startsMs: 1,
    expiresMs: 2,
  };
  const unlimited: ShareTerms = {
    scopes: [],
    clients: undefined,
    purposes: undefined,
    paused: false,
    startsMs: undefined,
    expiresMs: undefined,
  };

  it.each([
    ['with limits', limited],
    ['without limits', unlimited],
  ])('has the terms that were stored, %s', (_how, terms) => {
    const place = { id: 's1', owner_id: 'alice', created_ms: 0, grantee: '{"kind":"email","email":"a@b.test"}' };
    const stored = { ...place, ...termColumns(terms) };
    const grantee = { kind: 'email', email: 'a@b.test' };
    const share = { id: 's1', ownerId: 'alice', createdMs: 0, grantee, ...terms };
    expect(shareOf({ ...stored, resource_id: 'r1', resource_type: null })).toEqual({
      ...share,
      target: { resourceId: 'r1' },
    });
    expect(shareOf({ ...stored, resource_id: null, resource_type: 'heart' })).toEqual({
      ...share,
      target: { resourceType: 'heart' },
    });
  });
});

describe('the key of a grantee', () => {
  const person = (issuer: string, subject: string): string =>
    granteeKey({ kind: 'person', person: { issuer, subject } });

  it('tells people of one subject at several issuers apart, and people of one issuer', () => {
    expect(new Set([person('a', 'bob'), person('b', 'bob'), person('a', 'carol')]).size).toBe(3);
  });

  it('tells required claims apart by issuer, name and value, and not by their order', () => {
    const [nurse, member] = [
      { issuer: 'a', name: 'role', value: 'nurse' },
      { issuer: 'a', name: 'member', value: true },
    ];
    const claims = (...required: (typeof nurse | typeof member)[]): string =>
      granteeKey({ kind: 'claims', claims: required });
    expect(claims(nurse, member)).toBe(claims(member, nurse));
    const all = [
      claims(nurse),
      claims(nurse, member),
      claims({ ...nurse, issuer: 'b' }),
      claims({ ...nurse, name: 'job' }),
      claims({ ...nurse, value: 'cook' }),
    ];
    expect(new Set(all).size).toBe(all.length);
  });
});
