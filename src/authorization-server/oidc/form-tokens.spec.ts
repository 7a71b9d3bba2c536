import { Secret } from '../../common/secret.js';
import { FormTokens } from './form-tokens.js';

describe('a form token', () => {
  const tokens = new FormTokens(new Secret('key'));

  it('is good for its subject alone', () => {
    const token = tokens.of('interaction-1');
    expect(tokens.isOf('interaction-1', token)).toBe(true);
    expect(tokens.isOf('interaction-2', token)).toBe(false);
    expect(tokens.isOf('interaction-1', '')).toBe(false);
  });

  it('cannot be made without the secret key', () => {
    expect(new FormTokens(new Secret('other')).of('interaction-1')).not.toBe(tokens.of('interaction-1'));
  });
});
