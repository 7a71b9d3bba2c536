import fc from 'fast-check';

import { effectiveScopes, parsePermissions, type Permission } from './permissions.js';

describe('parsePermissions', () => {
  it('reads the list of an introspection answer (FED-5.1.1-b, FED-5.1.1-c)', () => {
    expect(
      parsePermissions({
        active: true,
        permissions: [
          { resource_id: 'R1', resource_scopes: ['read'], exp: 20, nbf: 10, iat: 10 },
          { resource_id: 'R2', resource_scopes: [] },
        ],
      }),
    ).toEqual([
      { resourceId: 'R1', resourceScopes: ['read'], exp: 20, nbf: 10 },
      { resourceId: 'R2', resourceScopes: [] },
    ]);
  });

  it.each([
    [{ resource_set_id: 'R1', scopes: ['read'] }],
    [{ rsid: 'R1', scopes: ['read'] }],
    [{ resourceId: 'R1', resourceScopes: ['read'] }],
  ])('reads the spelling of other servers: %j', (entry) => {
    const expected = [{ resourceId: 'R1', resourceScopes: ['read'] }];
    expect(parsePermissions({ permissions: [entry] })).toEqual(expected);
    expect(parsePermissions({ authorization: { permissions: [entry] } })).toEqual(expected);
  });

  it.each([
    ['no list', {}],
    ['only a scope', { scope: 'read' }],
    ['a list that is none', { permissions: { resource_id: 'R1', resource_scopes: ['read'] } }],
    ['an authorization that is a text', { authorization: 'permissions' }],
    ['entries that are no objects', { permissions: [null, 'R1', ['R1']] }],
    ['an id that is no text', { permissions: [{ resource_id: ['R1'], resource_scopes: ['read'] }] }],
    ['scopes that are one text', { permissions: [{ resource_id: 'R1', resource_scopes: 'read' }] }],
    ['no scopes', { permissions: [{ resource_id: 'R1' }] }],
    ['scopes of another type', { permissions: [{ resource_id: 'R1', resource_scopes: ['read', 1] }] }],
    ['an expiry that is a text', { permissions: [{ resource_id: 'R1', resource_scopes: ['read'], exp: '99' }] }],
    ['an expiry that is no number', { permissions: [{ resource_id: 'R1', resource_scopes: ['read'], exp: NaN }] }],
    ['a beginning that is null', { permissions: [{ resource_id: 'R1', resource_scopes: ['read'], nbf: null }] }],
  ])('grants nothing on %s', (_what, answer) => {
    expect(parsePermissions(answer)).toEqual([]);
  });

  it('prefers the spelling of the standard when an entry has several', () => {
    const entry = { rsid: 'R2', resource_id: 'R1', scopes: ['write'], resource_scopes: ['read'] };
    expect(parsePermissions({ permissions: [entry] })).toEqual([{ resourceId: 'R1', resourceScopes: ['read'] }]);
  });

  it('reads the entries beside one it cannot read', () => {
    const good = { resource_id: 'R1', resource_scopes: ['read'] };
    expect(parsePermissions({ permissions: [{}, good] })).toHaveLength(1);
  });
});

describe('effectiveScopes', () => {
  const read: Permission = { resourceId: 'R1', resourceScopes: ['read'], nbf: 10, exp: 20 };

  it.each([
    [9, []],
    [10, ['read']],
    [19, ['read']],
    [20, []],
  ])('at second %d gives %j of a permission that holds from 10 to 20 (FED-5.1.1-c)', (now, expected) => {
    expect(effectiveScopes([read], 'R1', now)).toEqual(expected);
  });

  it('finds the right entry wherever it stands and joins several (RS-11)', () => {
    const permissions: Permission[] = [
      { resourceId: 'R2', resourceScopes: ['write'] },
      { resourceId: 'R1', resourceScopes: ['read'] },
      { resourceId: 'R1', resourceScopes: ['read', 'summary'] },
    ];
    expect(effectiveScopes(permissions, 'R1', 0)).toEqual(['read', 'summary']);
  });

  it('gives no scope that no entry of this very resource grants now', () => {
    const entry = fc.record(
      {
        resourceId: fc.constantFrom('R1', 'R2', 'R10'),
        resourceScopes: fc.array(fc.constantFrom('a', 'b', 'c')),
        exp: fc.integer({ min: 0, max: 20 }),
        nbf: fc.integer({ min: 0, max: 20 }),
      },
      { requiredKeys: ['resourceId', 'resourceScopes'] },
    ) as fc.Arbitrary<Permission>;
    fc.assert(
      fc.property(fc.array(entry), fc.integer({ min: 0, max: 20 }), (permissions, now) => {
        const naive = new Set<string>();
        for (const { resourceId, resourceScopes, exp, nbf } of permissions) {
          if (resourceId !== 'R1') continue;
          if (exp !== undefined && exp <= now) continue;
          if (nbf !== undefined && nbf > now) continue;
          for (const scope of resourceScopes) naive.add(scope);
        }
        const scopes = effectiveScopes(permissions, 'R1', now);
        expect(new Set(scopes)).toEqual(naive);
        expect(scopes).toHaveLength(naive.size);
      }),
    );
  });
});
