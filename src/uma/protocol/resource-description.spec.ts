import { isScopeToken, parseResourceDescription } from './resource-description.js';

const refusal = expect.objectContaining({ code: 'invalid_request', status: 400 }) as Error;

describe('parseResourceDescription', () => {
  it('keeps every member, those it does not know included (FED-3.1, GL-01)', () => {
    const body = {
      resource_scopes: ['read', 'https://rs.example/scopes/write'],
      name: 'Heart rate',
      'name#de': 'Herzfrequenz',
      description: 'Beats per minute',
      'description#de-AT': 'Schläge pro Minute',
      icon_uri: 'https://rs.example/icon.png',
      type: 'heart-rate',
      x_foo: { nested: [1] },
    };
    expect(parseResourceDescription(body)).toEqual(body);
  });

  it('takes a resource without scopes, and each scope once', () => {
    expect(parseResourceDescription({ resource_scopes: [] })).toEqual({ resource_scopes: [] });
    expect(parseResourceDescription({ resource_scopes: ['a', 'b', 'a'] }).resource_scopes).toEqual(['a', 'b']);
  });

  it('takes no id and no policy URI from the resource server: both are ours to give', () => {
    const body = { resource_scopes: [], _id: 'mine', user_access_policy_uri: 'https://evil.example' };
    expect(parseResourceDescription(body)).toEqual({ resource_scopes: [] });
  });

  it('keeps a member called "__proto__" as a member and changes no prototype', () => {
    const body: unknown = JSON.parse('{"resource_scopes":[],"__proto__":{"polluted":true}}');
    const description = parseResourceDescription(body);
    expect(Object.keys(description)).toContain('__proto__');
    expect(Object.getPrototypeOf(description)).toBe(Object.prototype);
    expect({}).not.toHaveProperty('polluted');
  });

  it.each([
    ['a text', 'x'],
    ['a list', [1]],
    ['null', null],
    ['no resource_scopes', { name: 'x' }],
    ['resource_scopes that are one text', { resource_scopes: 'read' }],
    ['a scope that is no text', { resource_scopes: ['read', 1] }],
    ['a scope of two words', { resource_scopes: ['two words'] }],
    ['a name that is no text', { resource_scopes: [], name: 1 }],
    ['a translated name that is no text', { resource_scopes: [], 'name#de': null }],
    ['a description that is no text', { resource_scopes: [], description: {} }],
    ['an icon that is no text', { resource_scopes: [], icon_uri: [] }],
    ['a type that is no text', { resource_scopes: [], type: true }],
  ])('refuses %s with invalid_request (FED-3.2-d)', (_what, body) => {
    expect(() => parseResourceDescription(body)).toThrow(refusal);
  });
});

describe('isScopeToken', () => {
  it.each(['read', 'heart-rate:read', 'https://rs.example/s?a=b#c', '!', '~'])('takes %j for a scope', (text) => {
    expect(isScopeToken(text)).toBe(true);
  });

  it.each(['', ' ', 'two words', 'a"b', 'a\\b', 'tab\t', 'line\n', 'ü', '\u007F'])(
    'takes %j for no scope (RFC 6749 section 3.3)',
    (text) => {
      expect(isScopeToken(text)).toBe(false);
    },
  );
});
