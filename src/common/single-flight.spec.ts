import { SingleFlight } from './single-flight.js';

describe('SingleFlight', () => {
  it('lets a thousand callers share one run', async () => {
    const flights = new SingleFlight<number>();
    let runs = 0;
    const work = () => Promise.resolve(++runs);
    const results = await Promise.all(Array.from({ length: 1000 }, () => flights.run('key', work)));
    expect(new Set(results)).toEqual(new Set([1]));
    expect(runs).toBe(1);
  });

  it('runs again for a caller who comes after the end', async () => {
    const flights = new SingleFlight<number>();
    let runs = 0;
    await flights.run('key', () => Promise.resolve(++runs));
    expect(await flights.run('key', () => Promise.resolve(++runs))).toBe(2);
  });

  it('keeps different keys apart', async () => {
    const flights = new SingleFlight<string>();
    const both = [flights.run('a', () => Promise.resolve('a')), flights.run('b', () => Promise.resolve('b'))];
    expect(await Promise.all(both)).toEqual(['a', 'b']);
  });

  it('gives a failure to all who share it, and forgets it', async () => {
    const flights = new SingleFlight<string>();
    const fail = () => Promise.reject(new Error('down'));
    const both = await Promise.allSettled([flights.run('key', fail), flights.run('key', fail)]);
    expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(await flights.run('key', () => Promise.resolve('up'))).toBe('up');
  });
});
