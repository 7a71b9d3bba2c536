import { isMet, missingEntry } from './entry.js';

describe('a result', () => {
  it.each([
    ['>=10', 10, true],
    ['>=10', 9.99, false],
    ['<=1.25', 1.25, true],
    ['<=1.25', 1.26, false],
    ['>=10', NaN, false],
  ])('with the goal %s and the figure %d has reached it: %s', (goal, figure, met) => {
    expect(isMet(goal, figure)).toBe(met);
  });

  it('has no other kind of goal', () => {
    expect(() => isMet('10', 10)).toThrow('10 is not a goal.');
    expect(() => isMet('> 10', 11)).toThrow();
  });

  it('of a contestant that is not there has no figures, does not count, and says how to get it', () => {
    expect(missingEntry('uma-grant', '>=10', 'Keycloak', 'npm run bench -- --fetch keycloak')).toMatchObject({
      ours: null,
      ratio: null,
      met: false,
      valid: false,
      remarks: ['Keycloak is missing; get it by `npm run bench -- --fetch keycloak`'],
    });
  });
});
