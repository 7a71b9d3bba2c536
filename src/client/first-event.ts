import type { Response } from 'undici';

/** Nobody says so much before the first event has ended. */
const LONGEST = 65_536;
const END_OF_EVENT = /\r?\n\r?\n/;

/**
 * Reads the first event of an answer, and lets go of the rest.
 *
 * @returns its data; `undefined` when there is none, or the answer is no such stream
 * @throws what the connection throws that breaks off
 * @see HTML section 9.2.6 (interpreting an event stream)
 */
export async function firstEventData({ headers, body }: Response): Promise<string | undefined> {
  if (!/^text\/event-stream\b/i.test(headers.get('content-type') ?? '')) {
    await body?.cancel();
    return undefined;
  }
  const decoder = new TextDecoder();
  let text = '';
  // To leave the loop cancels what has not come yet.
  for await (const chunk of body ?? []) {
    text += decoder.decode(chunk as Uint8Array, { stream: true });
    const [data] = text.split(END_OF_EVENT).slice(0, -1).flatMap(dataOf);
    if (data !== undefined || text.length > LONGEST) return data;
  }
  return undefined;
}

/** The data of an event; nothing for comments, with which streams are kept open. */
function dataOf(event: string): readonly string[] {
  const lines = event.split(/\r?\n/).flatMap((line) => /^data: ?(.*)$/.exec(line)?.[1] ?? []);
  return lines.length === 0 ? [] : [lines.join('\n')];
}
