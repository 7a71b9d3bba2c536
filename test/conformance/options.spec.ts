import { parseOptions } from './options.js';

describe('the command line of the conformance suite', () => {
  it('is read', () => {
    const words =
      '--as http://localhost:8080 --driver by-hand --only T17,T32b.1 --json a.json --junit b.xml --resource-server none';
    expect(parseOptions(words.split(' '))).toEqual({
      as: 'http://localhost:8080',
      driver: 'by-hand',
      only: ['T17', 'T32b.1'],
      json: 'a.json',
      junit: 'b.xml',
      resourceServer: 'none',
    });
    expect(parseOptions([])).toEqual({ only: [] });
    expect(parseOptions(['-h'])).toBe('help');
  });

  it.each([
    ['--as nowhere', '--as is no URL'],
    ['--driver guess', '--driver is one of pulsegate, keycloak, by-hand'],
    ['--only 17', '--only takes ids'],
    ['--what', 'Unknown option'],
    ['T17', 'Unexpected argument'],
  ])('is refused when it says %s', (words, reason) => {
    expect(() => parseOptions(words.split(' '))).toThrow(reason);
  });
});
