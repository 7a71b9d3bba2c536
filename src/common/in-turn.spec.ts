import { setImmediate } from 'node:timers/promises';

import { InTurn } from './in-turn.js';

describe('InTurn', () => {
  it('does work about one thing after the other, about several at once, and outlives what fails', async () => {
    const turns = new InTurn();
    const steps: string[] = [];
    const work =
      (name: string, fails = false) =>
      async (): Promise<string> => {
        steps.push(`${name} begins`);
        await setImmediate();
        steps.push(`${name} ends`);
        if (fails) throw new Error(name);
        return name;
      };
    const outcomes = await Promise.allSettled([
      turns.run('a', work('a1')),
      turns.run('a', work('a2', true)),
      turns.run('b', work('b1')),
      turns.run('a', work('a3')),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled']);
    expect(steps.filter((step) => step.startsWith('a'))).toEqual(
      ['a1', 'a2', 'a3'].flatMap((name) => [`${name} begins`, `${name} ends`]),
    );
    expect(steps.indexOf('b1 begins')).toBeLessThan(steps.indexOf('a1 ends'));
    expect(await turns.run('a', work('a4'))).toBe('a4');
  });
});
