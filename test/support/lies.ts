import type { ServerResponse } from 'node:http';
import { clearInterval, setInterval } from 'node:timers';

import type { PreparedAnswer } from '../../src/testing/index.js';

const JSON_TYPE = { 'content-type': 'application/json' };

/** Larger than any answer that is read. */
const TOO_MUCH = ' '.repeat(2 * 1024 * 1024);

/** Begins an answer, and goes on a blank at a time without ever coming to an end. */
export function drip(response: ServerResponse): void {
  response.writeHead(200, JSON_TYPE);
  response.write('{"active":');
  const timer = setInterval(() => response.write(' '), 20);
  response.once('close', () => {
    clearInterval(timer);
  });
}

/** An answer, when something would be right if it were said well. */
export type Failure = (truth: object) => PreparedAnswer;

/** What an authorization server does that is not well. */
export const FAILURES: Readonly<Record<string, Failure>> = {
  'never answers': () => 'hang',
  'answers a byte now and then': () => drip,
  'resets the connection': () => (response) => response.destroy(),
  'breaks off in the middle': (truth) => (response) => {
    response.writeHead(200, { ...JSON_TYPE, 'content-length': '5000' });
    response.write(JSON.stringify(truth), () => response.destroy());
  },
  'answers 403': (truth) => ({ status: 403, body: truth }),
  'answers 404': (truth) => ({ status: 404, body: truth }),
  'answers 429': (truth) => ({ status: 429, body: truth }),
  'answers 500': (truth) => ({ status: 500, body: truth }),
  'answers 503': (truth) => ({ status: 503, body: truth }),
  'answers nothing': () => ({ status: 200, text: '' }),
  'answers garbage': () => ({ status: 200, text: 'active: true' }),
  'answers a page for people': () => (response) => {
    response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>Sign in</title>');
  },
  'answers more than can be read': (truth) => ({ status: 200, text: JSON.stringify(truth) + TOO_MUCH }),
  'answers twice': (truth) => ({ status: 200, text: JSON.stringify(truth).repeat(2) }),
  'says two things at once': (truth) => ({ status: 200, text: `{"active":false,${JSON.stringify(truth).slice(1)}` }),
  'answers a list': (truth) => ({ status: 200, body: [truth] }),
  'answers null': () => ({ status: 200, text: 'null' }),
  'sends elsewhere': (truth) => (response) => {
    response.writeHead(307, { location: '/elsewhere' }).end(JSON.stringify(truth));
  },
};
