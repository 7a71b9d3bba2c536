import type { Answer } from './answer.js';
import { Traffic } from './traffic.js';

const answer = (headers: Record<string, string[]>, text = '{}'): Answer => {
  return { status: 200, headers, text, json: text.startsWith('{') ? {} : undefined };
};
const good = { 'content-type': ['application/json; charset=utf-8'], 'cache-control': ['private, no-store'] };

describe('what holds for every answer of a run', () => {
  it.each([
    ['nothing is wrong with uncached JSON', answer(good), []],
    ['an empty body needs no type', answer({}, ''), []],
    [
      'caching is named',
      answer({ ...good, 'cache-control': ['no-cache'] }),
      ['token 200: there is no Cache-Control: no-store'],
    ],
    [
      'another type is named',
      answer({ ...good, 'content-type': ['application/json-seq'] }),
      ['token 200: the Content-Type is not application/json'],
    ],
    ['text is named', answer(good, 'moo'), ['token 200: the body is not JSON']],
  ])('%s', (_what, seen, faults) => {
    const traffic = new Traffic();
    traffic.record('token', seen);
    traffic.record('token', seen);
    expect(traffic.faults((endpoint) => endpoint === 'token')).toEqual(faults);
    expect(traffic.faults((endpoint) => endpoint !== 'token')).toEqual([]);
    expect(traffic.count((endpoint) => endpoint === 'token')).toBe(2);
  });
});
