import { type Contender, measureInTurns, type Plan } from './rounds.js';
import { aSlice } from './slice.fake.js';

const PLAN: Plan = { rounds: 3, sliceMs: 10, warmUpMs: 20, leftMs: () => 1 };

const contender = (name: string, cpuMicros: number): Contender => {
  let readings = 0;
  return {
    name,
    operation: { origin: 'http://127.0.0.1:9', steps: [], rows: [] },
    meter: () => Promise.resolve({ cpuMicros: cpuMicros * readings, busyMs: 800 * readings++ }),
  };
};

class FakeLoad {
  readonly calls: string[] = [];

  prepare(name: string): Promise<void> {
    this.calls.push(`prepare ${name}`);
    return Promise.resolve();
  }

  run(name: string, milliseconds: number) {
    this.calls.push(`${name} ${milliseconds}`);
    return Promise.resolve(aSlice());
  }
}

describe('the rounds of a comparison', () => {
  it('warm every server up, then take them in turns', async () => {
    const load = new FakeLoad();
    await measureInTurns(load, [contender('b', 1), contender('v', 1)], PLAN);
    expect(load.calls).toEqual([
      ...['prepare b', 'prepare v', 'b 20', 'v 20'],
      ...['b 10', 'v 10', 'b 10', 'v 10', 'b 10', 'v 10'],
    ]);
  });

  it('give each server its slices, with rate, CPU time per operation and how busy it was', async () => {
    const [ours] = await measureInTurns(new FakeLoad(), [contender('b', 5_000), contender('v', 1)], PLAN);
    expect(ours).toHaveLength(3);
    expect(ours?.[0]).toMatchObject({ rate: 100, cpuMicros: 50, busy: 0.8 });
  });

  it('end when the time is over, all servers with as many slices', async () => {
    let rounds = 0;
    const plan = { ...PLAN, leftMs: () => 1 - rounds++ };
    const slices = await measureInTurns(new FakeLoad(), [contender('b', 1), contender('v', 1)], plan);
    expect(slices.map(({ length }) => length)).toEqual([1, 1]);
  });
});
