import { chooseCores, coresOf, onCore } from './cores.js';

describe('the cores of the benchmarks', () => {
  it('are read from the list that Linux writes', () => {
    expect(coresOf('0-3,8')).toEqual([0, 1, 2, 3, 8]);
    expect(coresOf('5')).toEqual([5]);
    expect(coresOf('')).toEqual([]);
    expect(coresOf('nonsense')).toEqual([]);
  });

  it('are two different ones, or none and a word why', () => {
    const { server, load, inWords } = chooseCores();
    expect(server === undefined).toBe(load === undefined);
    if (server !== undefined) expect(server).not.toBe(load);
    expect(inWords).toMatch(server === undefined ? /share/ : /servers on core \d+, load on core \d+/);
  });

  it('are given to a command where processes can be tied to them', () => {
    expect(onCore(3)).toEqual(['taskset', '-c', '3']);
    expect(onCore(undefined)).toEqual([]);
  });
});
