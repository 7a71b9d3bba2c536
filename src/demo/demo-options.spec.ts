import { parseDemoOptions, USAGE, UsageError } from './demo-options.js';

describe('the words after npm start --', () => {
  it('are none for the usual demo world', () => {
    expect(parseDemoOptions([])).toEqual({ speed: 1, originalTimes: false, reset: false });
  });

  it('choose a recording, its pace, its times and the ports', () => {
    const words = ['--replay', 'run.fit', '--speed', '60', '--original-times', '--reset', '--port-base', '5000'];
    expect(parseDemoOptions([...words, '--time-zone', 'Europe/Berlin'])).toEqual({
      replay: 'run.fit',
      speed: 60,
      originalTimes: true,
      reset: true,
      portBase: 5000,
      timeZone: 'Europe/Berlin',
    });
  });

  it('may ask for the greatest speed', () => {
    expect(parseDemoOptions(['--replay', 'a.csv', '--speed', 'max'])).toMatchObject({ speed: Infinity });
  });

  it.each([['--help'], ['-h']])('%s asks for the usage, which names every option', (word) => {
    expect(parseDemoOptions([word])).toBe('help');
    for (const option of ['--replay', '--speed', '--original-times', '--time-zone', '--reset', '--port-base']) {
      expect(USAGE).toContain(option);
    }
  });

  it.each([
    [['--fast'], '--fast'],
    [['file.fit'], 'file.fit'],
    [['--replay'], '--replay'],
    [['--speed', '60'], '--speed, --original-times and --time-zone go with --replay'],
    [['--original-times'], 'go with --replay'],
    [['--time-zone', 'Europe/Berlin'], 'go with --replay'],
    [['--replay', 'a', '--speed', '0'], '--speed takes'],
    [['--replay', 'a', '--speed', '0.5'], '--speed takes'],
    [['--replay', 'a', '--speed', 'quick'], '--speed takes'],
    [['--replay', 'a', '--speed', 'Infinity'], '--speed takes'],
    [['--replay', 'a', '--time-zone', 'Mars/Olympus'], '--time-zone takes'],
    [['--port-base', '80'], '--port-base takes'],
    [['--port-base', '65500'], '--port-base takes'],
    [['--port-base', '5e3'], '--port-base takes'],
  ])('are refused when they are %j', (words, why) => {
    expect(() => parseDemoOptions(words)).toThrow(UsageError);
    expect(() => parseDemoOptions(words)).toThrow(why);
  });
});
