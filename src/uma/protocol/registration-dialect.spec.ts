import { PRESETS } from './presets.js';
import { readDescription, readIds, writeDescription } from './registration-dialect.js';
import { UmaError } from './uma-error.js';

const HEART = {
  name: 'Heart rate',
  description: 'Beats',
  icon_uri: 'https://rs.example/heart.svg',
  type: 'https://rs.example/heart',
  resource_scopes: ['heart-rate:read'],
  x_foo: 1,
};
const registration = (name: keyof typeof PRESETS) => PRESETS[name].registration;

describe('writeDescription', () => {
  it('leaves a description as it is, by the standard (Federated Authorization 3.1)', () => {
    expect(writeDescription(registration('standard'), HEART, true)).toEqual(HEART);
  });

  it('leaves out what Keycloak would refuse, and says that the owner shares the resource', () => {
    const { name, icon_uri, type, resource_scopes } = HEART;
    const expected = { name, icon_uri, type, resource_scopes, ownerManagedAccess: true };
    expect(writeDescription(registration('keycloak'), HEART, true)).toEqual(expected);
    expect(writeDescription(registration('keycloak'), HEART, false)).toEqual(expected);
  });

  it('calls the icon what Gravitee calls it', () => {
    expect(writeDescription(registration('gravitee'), HEART, true)).toMatchObject({ iconUri: HEART.icon_uri });
    expect(writeDescription(registration('gravitee'), HEART, true)).not.toHaveProperty('icon_uri');
  });

  it('gives SolidLab’s server no name for a new resource: it would be the identifier of all that are called so', () => {
    expect(writeDescription(registration('solidlab'), HEART, true)).not.toHaveProperty('name');
    expect(writeDescription(registration('solidlab'), HEART, false)).toHaveProperty('name', 'Heart rate');
  });
});

describe('readDescription', () => {
  it('undoes what was written, in every dialect', () => {
    for (const { registration: profile } of Object.values(PRESETS)) {
      const read = readDescription(profile, { _id: 'R1', ...writeDescription(profile, HEART, false) });
      expect(read).toMatchObject({
        name: HEART.name,
        icon_uri: HEART.icon_uri,
        resource_scopes: HEART.resource_scopes,
      });
      expect(read).not.toHaveProperty('_id');
    }
  });

  it('reads scopes that are objects with a name, as Keycloak lists them', () => {
    const body = { resource_scopes: [{ id: '1', name: 'a' }, { name: 'b' }, 'c'] };
    expect(readDescription(registration('keycloak'), body).resource_scopes).toEqual(['a', 'b', 'c']);
  });

  it('takes a member that is null for one that was never set', () => {
    const body = { name: 'Heart', type: null, icon_uri: null, resource_scopes: [] };
    expect(readDescription(registration('wso2'), body)).toEqual({ name: 'Heart', resource_scopes: [] });
  });

  it.each([
    undefined,
    'R1',
    [],
    {},
    { resource_scopes: 'a' },
    { resource_scopes: [1] },
    { resource_scopes: [{ id: 1 }] },
  ])('refuses %j, which is no description', (body) => {
    expect(() => readDescription(registration('keycloak'), body)).toThrow(UmaError);
  });
});

describe('readIds', () => {
  it.each([
    [
      ['R1', 'R2'],
      ['R1', 'R2'],
    ],
    [[], []],
    [{ resourceId: ['R1'] }, ['R1']],
    [{ resourceId: 'R1' }, undefined],
    [{}, undefined],
    [[1], undefined],
    ['R1', undefined],
  ])('reads %j as the list %j (Federated Authorization 3.2.5)', (body, ids) => {
    expect(readIds(body)).toEqual(ids);
  });
});
