import { Logger } from '@nestjs/common';

import type { AccessWaits } from './access-waits.js';
import { SignOutListener } from './sign-out-listener.js';
import type { UmaClient } from './uma-client/index.js';

describe('what follows the last sign-out of a person', () => {
  const bob = { issuer: 'https://as.example', subject: 'bob' };
  let failed: jest.SpyInstance;
  beforeEach(() => {
    failed = jest.spyOn(Logger.prototype, 'error').mockReturnValue();
  });

  const listener = (revoke: () => Promise<void>): SignOutListener =>
    new SignOutListener(
      { forget: () => Promise.resolve() } as unknown as AccessWaits,
      { forget: () => Promise.resolve(revoke) } as unknown as UmaClient,
    );

  it('does not make them wait for authorization servers, but the process for a while', async () => {
    let release = (): void => undefined;
    const listening = listener(() => new Promise((resolve) => (release = resolve)));
    await listening.signedOut(bob);
    let hasEnded = false;
    const ended = listening.onModuleDestroy().then(() => (hasEnded = true));
    await Promise.resolve();
    expect(hasEnded).toBe(false);
    release();
    await ended;
  });

  it('is told to the operator when it fails', async () => {
    const listening = listener(() => Promise.reject(new Error('a mistake')));
    await listening.signedOut(bob);
    await listening.settled();
    expect(failed).toHaveBeenCalledTimes(1);
  });
});
