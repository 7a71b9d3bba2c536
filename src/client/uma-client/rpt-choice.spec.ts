import { Secret } from '../../common/secret.js';
import { nearestRpt, rptFor } from './rpt-choice.js';

const rpts = [['/a'], ['/a/b', '/x'], ['/c']].map((paths, index) => ({
  id: String(index),
  version: 1,
  accessToken: new Secret('rpt'),
  paths,
}));

describe('of the RPTs of one holder', () => {
  it.each([
    ['/a', '0'],
    ['/a/c', '0'],
    ['/a/b', '1'],
    ['/a/b/c', '1'],
    ['/x/y', '1'],
    ['/ab', undefined],
    ['/', undefined],
  ])('the one with the longest path at or above %s serves it: %s (C-12)', (path, id) => {
    expect(rptFor(rpts, path)?.id).toBe(id);
  });

  it.each([
    ['/a/b/d', '1'],
    ['/c/d', '2'],
    ['/elsewhere', '0'],
  ])('the nearest to %s may be upgraded for it: %s', (path, id) => {
    expect(nearestRpt(rpts, path)?.id).toBe(id);
  });

  it('none serves, and none is upgraded, where there is none', () => {
    expect([rptFor([], '/a'), nearestRpt([], '/a')]).toEqual([undefined, undefined]);
  });
});
