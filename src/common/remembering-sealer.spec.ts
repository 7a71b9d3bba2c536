import { RememberingSealer } from './remembering-sealer.js';
import { Sealer, UnsealError } from './sealing.js';
import { Secret } from './secret.js';

const KEY = new Secret('a secret key that only the tests know');

describe('RememberingSealer', () => {
  it('opens what the same key has sealed, once for as long as it is remembered', () => {
    const sealer = new RememberingSealer(KEY, 'test', 2);
    const opened = jest.spyOn(Sealer.prototype, 'unseal');
    const [one, other, third] = ['one', 'other', 'third'].map((text) => sealer.seal(text));
    expect([one, other, one, third].map((sealed) => sealer.unseal(sealed ?? ''))).toEqual([
      'one',
      'other',
      'one',
      'third',
    ]);
    expect(opened).toHaveBeenCalledTimes(3);
    expect(sealer.unseal(other ?? '')).toBe('other');
    expect(opened).toHaveBeenCalledTimes(4);
  });

  it('remembers nothing of what it cannot open', () => {
    const sealer = new RememberingSealer(KEY, 'test', 2);
    const foreign = new Sealer(new Secret('another secret key'), 'test').seal('text');
    for (let time = 0; time < 2; time++) expect(() => sealer.unseal(foreign)).toThrow(UnsealError);
  });
});
