import { AsyncLocalStorage } from 'node:async_hooks';

import { randomText } from './randomness.js';

/** The place of one piece of work in a chain of requests that may cross several servers. */
export interface Trace {
  /** Shared by the whole chain: 32 lower-case hexadecimal digits. */
  readonly traceId: string;
  /** Of this server's part alone: 16 lower-case hexadecimal digits. */
  readonly spanId: string;
  /** The flags byte as two hexadecimal digits; `01` means that the caller keeps a record. */
  readonly flags: string;
}

// Version 00 ends after the flags, later versions may add fields, version ff is forbidden.
const TRACEPARENT = /^(?!ff)(?:00(?!.{53}.)|(?!00)[0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(?:-.*)?$/;
const ZEROS = /^0+$/;
const traces = new AsyncLocalStorage<Trace>();

/**
 * Opens this server's span of the trace that a caller names, or a new trace when it names none or does not keep to the
 * form: a bad header is ignored, never refused.
 *
 * @see W3C Trace Context section 3.2
 */
export function openTrace(traceparent: string | undefined): Trace {
  const { traceId, flags } = parse(traceparent) ?? { traceId: randomText(16, 'hex'), flags: '01' };
  return { traceId, spanId: randomText(8, 'hex'), flags };
}

/** Runs something inside a trace; all that it starts, now or later, sees that trace as its current one. */
export function withTrace<Result>(trace: Trace, run: () => Result): Result {
  return traces.run(trace, run);
}

/** The trace that the caller runs in, if any. */
export function currentTrace(): Trace | undefined {
  return traces.getStore();
}

/** The header that carries the current trace to another server; none outside of a trace. */
export function traceHeaders(): Readonly<Record<string, string>> {
  const trace = currentTrace();
  return trace === undefined ? {} : { traceparent: `00-${trace.traceId}-${trace.spanId}-${trace.flags}` };
}

function parse(traceparent = ''): Pick<Trace, 'traceId' | 'flags'> | undefined {
  const [, traceId, spanId, flags] = TRACEPARENT.exec(traceparent) ?? [];
  if (traceId === undefined || spanId === undefined || flags === undefined) return undefined;
  return ZEROS.test(traceId) || ZEROS.test(spanId) ? undefined : { traceId, flags };
}
