import { Agent, buildConnector, setGlobalDispatcher } from 'undici';

const LOOPBACK = new Set(['localhost', '127.0.0.1', '::1', '[::1]']);
const connect = buildConnector({});

/** Tests reach loopback only: every other host is refused before a packet leaves. */
setGlobalDispatcher(
  new Agent({
    connect: (options, callback) => {
      if (LOOPBACK.has(options.hostname)) connect(options, callback);
      else callback(new Error(`The network is off in tests: ${options.hostname}`), null);
    },
  }),
);
