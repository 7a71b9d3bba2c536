import { Response } from 'undici';

import { firstEventData } from './first-event.js';

/** A stream that says these things, and then nothing more. */
function streamOf(...said: readonly string[]): { response: Response; isLetGo: () => boolean } {
  let letGo = false;
  const body = new ReadableStream({
    start(controller) {
      for (const text of said) controller.enqueue(new TextEncoder().encode(text));
    },
    cancel() {
      letGo = true;
    },
  });
  const headers = { 'content-type': 'text/event-stream; charset=utf-8' };
  return { response: new Response(body as never, { headers }), isLetGo: () => letGo };
}

describe('the first event of a stream', () => {
  it('is read as soon as it is whole, and the rest is let go', async () => {
    const { response, isLetGo } = streamOf('event: snap', 'shot\nid: 7\nda', 'ta: {"a":1}\n\nevent: more\n');
    expect(await firstEventData(response)).toBe('{"a":1}');
    expect(isLetGo()).toBe(true);
  });

  it('may come after comments, with other ends of lines, and in several lines', async () => {
    expect(await firstEventData(streamOf(':\r\n\r\n', 'data: {\r\ndata:}\r\n\r\n').response)).toBe('{\n}');
  });

  it('is none of an answer of another type, nor of one that says nothing but comments', async () => {
    expect(await firstEventData(new Response('data: 1\n\n'))).toBeUndefined();
    expect(await firstEventData(streamOf(`:${'x'.repeat(70_000)}`).response)).toBeUndefined();
  });
});
