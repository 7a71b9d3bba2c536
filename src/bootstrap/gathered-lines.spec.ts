import { EventEmitter } from 'node:events';
import { setImmediate } from 'node:timers/promises';

import { GatheredLines } from './gathered-lines.js';

describe('the lines of a log', () => {
  const open = () => {
    const [written, lifetime] = [[] as string[], new EventEmitter()];
    return { written, lifetime, lines: new GatheredLines({ write: (text) => written.push(text) }, lifetime) };
  };

  it('are written together, in their order, when everything is done that can be done at once', async () => {
    const { written, lines } = open();
    lines.write('one\n');
    await Promise.resolve();
    lines.write('two\n');
    expect(written).toEqual([]);
    await setImmediate();
    expect(written).toEqual(['one\ntwo\n']);
    lines.write('three\n');
    await setImmediate();
    expect(written).toEqual(['one\ntwo\n', 'three\n']);
  });

  it('are written before the process ends, once', async () => {
    const { written, lifetime, lines } = open();
    lines.write('why it ends\n');
    lifetime.emit('exit');
    expect(written).toEqual(['why it ends\n']);
    await setImmediate();
    expect(written).toEqual(['why it ends\n']);
    expect(lifetime.listenerCount('exit')).toBe(0);
  });
});
