import { EventEmitter } from 'node:events';

import { GatheredLines } from './gathered-lines.js';

describe('the lines of a log', () => {
  const open = () => {
    const [written, waiting, lifetime] = [[] as string[], [] as (() => void)[], new EventEmitter()];
    const destination = { write: (text: string) => written.push(text) };
    const lines = new GatheredLines(destination, lifetime, (step) => waiting.push(step));
    const pass = (): void => {
      for (const step of waiting.splice(0)) step();
    };
    return { written, lifetime, lines, pass };
  };

  it('are written together, in their order, when a moment has passed', () => {
    const { written, lines, pass } = open();
    lines.write('one\n');
    lines.write('two\n');
    expect(written).toEqual([]);
    pass();
    expect(written).toEqual(['one\ntwo\n']);
    lines.write('three\n');
    pass();
    expect(written).toEqual(['one\ntwo\n', 'three\n']);
  });

  it('are written before the process ends, once', () => {
    const { written, lifetime, lines, pass } = open();
    lines.write('why it ends\n');
    lifetime.emit('exit');
    expect(written).toEqual(['why it ends\n']);
    pass();
    expect(written).toEqual(['why it ends\n']);
    expect(lifetime.listenerCount('exit')).toBe(0);
  });

  it('are on their way out before the process ends, whatever was still being written', () => {
    const [said, lifetime] = [[] as string[], new EventEmitter()];
    const destination = { write: (text: string) => said.push(text), flushSync: () => said.push('all is out') };
    new GatheredLines(destination, lifetime, () => undefined).write('why it ends\n');
    lifetime.emit('exit');
    expect(said).toEqual(['why it ends\n', 'all is out']);
  });

  it('are written a moment later where nothing else is said', async () => {
    const written = await new Promise((resolve) => {
      new GatheredLines({ write: resolve }, new EventEmitter()).write('one\n');
    });
    expect(written).toBe('one\n');
  });
});
