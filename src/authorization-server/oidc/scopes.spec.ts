import { meaningsOf, PROVIDER_SCOPES } from './scopes.js';

describe('the scopes of the server itself', () => {
  it('each have words for people that name no scope', () => {
    for (const scope of PROVIDER_SCOPES) {
      const [meaning = ''] = meaningsOf([scope]);
      expect(meaning.length).toBeGreaterThan(10);
      expect(meaning).not.toMatch(/scope|token|uma|openid|offline/i);
    }
  });

  it('say nothing for a scope of a resource: no consent gives it', () => {
    expect(meaningsOf(['heart-rate:read', 'openid'])).toEqual(['know who you are']);
  });
});
