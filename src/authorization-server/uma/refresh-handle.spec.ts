import { randomHandle, randomId } from '../../common/randomness.js';
import { refreshHandle, renewedBy } from './refresh-handle.js';

describe('a refresh token for a requesting party token', () => {
  it('names what it renews, and is another one each time', () => {
    const id = randomId();
    const [one, other] = [refreshHandle(id), refreshHandle(id)];
    expect([renewedBy(one), renewedBy(other)]).toEqual([id, id]);
    expect(one).not.toBe(other);
    expect(one).toMatch(/^rpt-refresh\./);
  });

  it.each<[string, (handle: string) => string]>([
    ['with something before it', (handle) => `x${handle}`],
    ['with something after it', (handle) => `${handle}x`],
    ['with another beginning', (handle) => handle.replace('rpt-', 'rpt_')],
    ['without its secret', (handle) => handle.replace(/[^.]+$/, '')],
    ['with a secret that is too short', (handle) => handle.slice(0, -1)],
    ['with a secret of other characters', (handle) => `${handle.slice(0, -1)}+`],
    ['with an id that is too short', (handle) => handle.replace(/\.[^.]/, '.')],
    ['with an id of other characters', (handle) => handle.replace(/\.[^.]/, '.+')],
    ['of the provider', () => randomHandle()],
  ])('is none %s', (_what, change) => {
    expect(renewedBy(change(refreshHandle(randomId())))).toBeUndefined();
  });
});
