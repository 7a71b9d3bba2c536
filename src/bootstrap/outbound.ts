import { Agent, type Dispatcher, EnvHttpProxyAgent, setGlobalDispatcher } from 'undici';

import { isLoopback } from '../common/loopback.js';
import type { Secret } from '../common/secret.js';
import { traceHeaders } from '../common/trace.js';

/** How requests leave this process. */
export interface OutboundOptions {
  /** Proxy for http, and for https when there is no other; its address may hold a password. */
  readonly httpProxy?: Secret | undefined;
  readonly httpsProxy?: Secret | undefined;
  /** Hosts that are reached without a proxy, with what lies below them; `*` is all. */
  readonly noProxy: readonly string[];
}

/** A server that is there takes a connection soon. */
const CONNECT_TIMEOUT_MS = 5_000;
/**
 * How long a server may say nothing. Every caller sets a shorter limit of its own, by which it knows which server was
 * late; this one only keeps a call without any from hanging for good.
 */
const LONGEST_SILENCE_MS = 60_000;
const TIMEOUTS = {
  connect: { timeout: CONNECT_TIMEOUT_MS },
  headersTimeout: LONGEST_SILENCE_MS,
  bodyTimeout: LONGEST_SILENCE_MS,
} as const;

/**
 * Sends all requests of `undici` from now on through the proxies, never those to this machine itself, and lets each
 * carry the trace it belongs to.
 *
 * @returns what the requests are sent by
 * @see W3C Trace Context section 3
 */
export function installOutbound({ httpProxy, httpsProxy, noProxy }: OutboundOptions): Dispatcher {
  const proxying = new EnvHttpProxyAgent({
    ...TIMEOUTS,
    // An empty text keeps undici from looking into the environment by itself.
    httpProxy: httpProxy?.reveal() ?? '',
    httpsProxy: httpsProxy?.reveal() ?? '',
    noProxy: noProxy.join(','),
    // Proxies tunnel to https ports; plain http they forward.
    proxyTunnel: false,
  });
  const dispatcher = proxying.compose(straightToLoopback(new Agent(TIMEOUTS)), carryingTrace);
  setGlobalDispatcher(dispatcher);
  return dispatcher;
}

function straightToLoopback(direct: Dispatcher): Dispatcher.DispatcherComposeInterceptor {
  return (dispatch) => (options, handler) =>
    options.origin !== undefined && isLoopback(new URL(options.origin).hostname)
      ? direct.dispatch(options, handler)
      : dispatch(options, handler);
}

const carryingTrace: Dispatcher.DispatcherComposeInterceptor = (dispatch) => (options, handler) =>
  dispatch({ ...options, headers: withTrace(options.headers ?? {}) }, handler);

type Headers = NonNullable<Dispatcher.DispatchOptions['headers']>;

/** Headers may come as names and values in turn, as pairs, or as an object. */
function withTrace(headers: Headers): Headers {
  const trace = traceHeaders();
  if (Array.isArray(headers)) return [...headers, ...Object.entries(trace).flat()];
  return { ...(Symbol.iterator in headers ? Object.fromEntries(headers) : headers), ...trace };
}
