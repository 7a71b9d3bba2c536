import { isLoopback } from './loopback.js';

describe('isLoopback', () => {
  it.each(['localhost', 'LOCALHOST', 'localhost.', 'alice.localhost', '127.0.0.1', '127.8.9.10', '[::1]'])(
    'knows %s as this machine',
    (hostname) => {
      expect(isLoopback(hostname)).toBe(true);
    },
  );

  it.each(['example.org', 'localhost.example.org', 'notlocalhost', '127.0.0.1.example.org', '128.0.0.1', '[::2]', ''])(
    'does not take "%s" for this machine',
    (hostname) => {
      expect(isLoopback(hostname)).toBe(false);
    },
  );
});
