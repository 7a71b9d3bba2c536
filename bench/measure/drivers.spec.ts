import { Drivers } from './drivers.js';
import { aSlice } from './slice.fake.js';

describe('what has contenders driven', () => {
  it('prepares and runs each by what drives it', async () => {
    const calls: string[] = [];
    const driver = (name: string) => ({
      prepare: () => Promise.resolve(calls.push(`prepare ${name}`)),
      run: (milliseconds: number) => {
        calls.push(`${name} ${milliseconds}`);
        return Promise.resolve(aSlice());
      },
    });
    const drivers = new Drivers();
    await drivers.prepare('a', driver('a'));
    await drivers.prepare('b', driver('b'));
    await drivers.run('b', 10);
    await drivers.run('a', 20);
    expect(calls).toEqual(['prepare a', 'prepare b', 'b 10', 'a 20']);
  });

  it('knows nobody who was not prepared', () => {
    expect(() => new Drivers().run('c', 10)).toThrow('c was not prepared.');
  });
});
