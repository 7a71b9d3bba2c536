import { Injectable, Optional } from '@nestjs/common';

import type { Secret } from '../common/secret.js';
import { UmaError } from '../uma/protocol/uma-error.js';
import type { DeviceAuthorization } from './device-grant.js';
import { LoginListeners } from './login-listeners.js';
import type { DeviceOutcome, SignIn } from './openid-provider.js';
import { OpenIdProviders } from './openid-providers.js';
import { PatKeeper } from './pat-keeper.js';

/**
 * Signing somebody in for a device that has no browser: the person lets it in at the authorization server, with any
 * browser. No session comes of it, but what else a sign-in brings: the PAT, and whoever listens is told.
 *
 * @see RFC 8628
 */
@Injectable()
export class DeviceLogin {
  constructor(
    private readonly providers: OpenIdProviders,
    private readonly listeners: LoginListeners,
    @Optional() private readonly pats?: PatKeeper,
  ) {}

  /**
   * @param issuer the main authorization server's when left out
   * @returns the issuer, and no authorization when the server lets this client have no devices
   * @throws UmaError `invalid_request` when nobody can sign in there, `temporarily_unavailable` when it does not answer
   */
  async begin(issuer?: string): Promise<{ issuer: string; authorization: DeviceAuthorization | undefined }> {
    const provider = issuer === undefined ? this.providers.main : this.providers.find(issuer);
    if (provider === undefined)
      throw new UmaError('invalid_request', 'Nobody can sign in at that authorization server.');
    return { issuer: provider.server.issuer, authorization: await provider.authorizeDevice() };
  }

  /** Asks the authorization server once. A code gives its tokens to whoever asks first, and to nobody after that. */
  async ask(issuer: string, deviceCode: Secret): Promise<DeviceOutcome> {
    return (await this.providers.find(issuer)?.redeemDeviceCode(deviceCode)) ?? { kind: 'expired' };
  }

  /** Does what follows a sign-in. */
  async welcome(signIn: SignIn): Promise<void> {
    // The person has just agreed: no authorization server lets a device in unasked.
    await this.pats?.offer(signIn, true);
    await this.listeners.signedIn(signIn);
  }
}
