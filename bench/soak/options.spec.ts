import { parseSoakOptions } from './options.js';

describe('the options of a soak', () => {
  it('are 2,000 sensors and 500 viewers for 10 minutes on SQLite when nothing is said', () => {
    expect(parseSoakOptions([])).toEqual({ sensors: 2_000, viewers: 500, minutes: 10, database: 'sqlite' });
  });

  it('are what the words say', () => {
    const words = ['--sensors', '20', '--viewers', '5', '--minutes', '1', '--database', 'postgres'];
    expect(parseSoakOptions(words)).toEqual({ sensors: 20, viewers: 5, minutes: 1, database: 'postgres' });
  });

  it.each([
    [['--sensors', '0']],
    [['--viewers', '1.5']],
    [['--minutes', 'ten']],
    [['--database', 'mysql']],
    [['--more', '1']],
    [['1']],
  ])('are refused when they read %j', (words) => {
    expect(() => parseSoakOptions(words)).toThrow();
  });
});
