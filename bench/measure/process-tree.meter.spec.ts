import { cpuMicrosOf, processTreeMeter } from './process-tree.meter.js';

describe('the meter of a process tree', () => {
  it('reads user and system time, whatever the program is called', () => {
    const after = 'S 1 2 3 4 -1 5 6 7 8 9 120 30 0 0 20 0 1 0 1497579';
    expect(cpuMicrosOf(`42 (cat) ${after}`)).toBe(1_500_000);
    expect(cpuMicrosOf(`42 (a) b (c) ${after}`)).toBe(1_500_000);
  });

  it('refuses a process that is not there', async () => {
    await expect(async () => processTreeMeter(0x7fff_ffff)()).rejects.toThrow();
  });
});
