import { setImmediate } from 'node:timers/promises';

import { currentTrace, openTrace, traceHeaders, withTrace } from './trace.js';

const TRACE_ID = '4bf92f3577b34da6a3ce929d0e0e4736';
const PARENT_ID = '00f067aa0ba902b7';

describe('a trace', () => {
  it('keeps the caller’s trace id and flags under a span id of its own', () => {
    const trace = openTrace(`00-${TRACE_ID}-${PARENT_ID}-00`);
    expect(trace).toMatchObject({ traceId: TRACE_ID, flags: '00' });
    expect(trace.spanId).toMatch(/^[0-9a-f]{16}$/);
    expect(trace.spanId).not.toBe(PARENT_ID);
  });

  it('accepts a later version, whatever it adds (Trace Context 3.2.4)', () => {
    expect(openTrace(`01-${TRACE_ID}-${PARENT_ID}-01-more`).traceId).toBe(TRACE_ID);
  });

  it.each([
    ['is absent', undefined],
    ['is empty', ''],
    ['is upper case', `00-${TRACE_ID.toUpperCase()}-${PARENT_ID}-01`],
    ['has a trace id of zeros', `00-${'0'.repeat(32)}-${PARENT_ID}-01`],
    ['has a span id of zeros', `00-${TRACE_ID}-${'0'.repeat(16)}-01`],
    ['has version ff', `ff-${TRACE_ID}-${PARENT_ID}-01`],
    ['has more fields than version 00 knows', `00-${TRACE_ID}-${PARENT_ID}-01-x`],
    ['is too short', `00-${TRACE_ID}-${PARENT_ID}`],
    ['stands among other text', ` 00-${TRACE_ID}-${PARENT_ID}-01`],
  ])('is new when the header %s', (_when, header) => {
    const trace = openTrace(header);
    expect(trace.traceId).toMatch(/^[0-9a-f]{32}$/);
    expect(trace.traceId).not.toBe(TRACE_ID);
    expect(trace.flags).toBe('01');
  });

  it('is current in all that was started inside it, and nowhere else', async () => {
    const seen = withTrace(openTrace(`00-${TRACE_ID}-${PARENT_ID}-01`), async () => {
      await setImmediate();
      return currentTrace()?.traceId;
    });
    expect(currentTrace()).toBeUndefined();
    await expect(seen).resolves.toBe(TRACE_ID);
  });

  it('goes on to other servers as a traceparent that names this span', () => {
    const [trace, headers] = withTrace(openTrace(`00-${TRACE_ID}-${PARENT_ID}-01`), () => [
      currentTrace(),
      traceHeaders(),
    ]);
    expect(headers).toEqual({ traceparent: `00-${TRACE_ID}-${trace?.spanId ?? ''}-01` });
  });

  it('sends no header outside of a trace', () => {
    expect(traceHeaders()).toEqual({});
  });
});
