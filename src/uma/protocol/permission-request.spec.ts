import { MAX_PERMISSIONS, parsePermissionRequest } from './permission-request.js';

const permission = (id: string, ...scopes: string[]): unknown => ({ resource_id: id, resource_scopes: scopes });
const refusal = expect.objectContaining({ code: 'invalid_request', status: 400 }) as Error;

describe('parsePermissionRequest', () => {
  it('takes one object (FED-4.1-a)', () => {
    expect(parsePermissionRequest(permission('R1', 'read'))).toEqual([{ resourceId: 'R1', resourceScopes: ['read'] }]);
  });

  it('takes an array of one and of several (FED-4.1-a)', () => {
    expect(parsePermissionRequest([permission('R1', 'read')])).toHaveLength(1);
    expect(parsePermissionRequest([permission('R1', 'read'), permission('R2', 'write')])).toEqual([
      { resourceId: 'R1', resourceScopes: ['read'] },
      { resourceId: 'R2', resourceScopes: ['write'] },
    ]);
  });

  it('takes zero scopes (FED-4.1-c)', () => {
    expect(parsePermissionRequest(permission('R1'))).toEqual([{ resourceId: 'R1', resourceScopes: [] }]);
  });

  it('merges entries for one resource, each scope once', () => {
    expect(parsePermissionRequest([permission('R1', 'a', 'b'), permission('R2'), permission('R1', 'b', 'c')])).toEqual([
      { resourceId: 'R1', resourceScopes: ['a', 'b', 'c'] },
      { resourceId: 'R2', resourceScopes: [] },
    ]);
  });

  it('leaves a text that is no scope to invalid_scope (FED-4.3)', () => {
    expect(parsePermissionRequest(permission('R1', 'two words'))).toEqual([
      { resourceId: 'R1', resourceScopes: ['two words'] },
    ]);
  });

  it('ignores members it does not know (GRANT-1.1-a)', () => {
    expect(parsePermissionRequest({ resource_id: 'R1', resource_scopes: [], x: 1 })).toHaveLength(1);
  });

  it(`takes ${MAX_PERMISSIONS} permissions and not one more`, () => {
    const many = Array.from({ length: MAX_PERMISSIONS }, (_, index) => permission(`R${index}`));
    expect(parsePermissionRequest(many)).toHaveLength(MAX_PERMISSIONS);
    expect(() => parsePermissionRequest([...many, permission('R')])).toThrow(refusal);
  });

  it.each([
    ['an empty array', []],
    ['nothing', undefined],
    ['null', null],
    ['a text', 'R1'],
    ['an array in an array', [[permission('R1')]]],
    ['no resource_id', { resource_scopes: ['read'] }],
    ['an empty resource_id', permission('')],
    ['a resource_id of another type', { resource_id: 1, resource_scopes: ['read'] }],
    ['no resource_scopes', { resource_id: 'R1' }],
    ['resource_scopes that are one text', { resource_id: 'R1', resource_scopes: 'read' }],
    ['a scope that is no text', { resource_id: 'R1', resource_scopes: [1] }],
    ['one bad entry among good ones', [permission('R1', 'read'), {}]],
  ])('refuses %s with invalid_request', (_what, body) => {
    expect(() => parsePermissionRequest(body)).toThrow(refusal);
  });
});
