import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import type Provider from 'oidc-provider';
import type { TokenEndpointGrantContext } from 'oidc-provider';

import { digest } from '../../../common/digest.js';
import { InTurn } from '../../../common/in-turn.js';
import { OIDC_PROVIDER } from '../oidc.options.js';
import { errors } from '../oidc-provider.js';
import { type GrantHandler, ownHandler } from '../provider/internals.js';
import { DEVICE_GRANT_TYPE } from './device-grant-type.js';
import { DevicePolls } from './device-polls.js';

const DEVICE_CODE = 'device_code';

/**
 * The device grant at the token endpoint: the provider's own, which tells a device that asks too often to slow down. One
 * that asks twice at the same moment is answered in turn: the provider uses the code up before it looks at the consent, and
 * a second question in between, which comes too late and takes the consent back, would leave nobody with tokens.
 *
 * @see RFC 8628 section 3.5
 */
@Injectable()
export class DeviceGrant implements OnModuleInit {
  private readonly turns = new InTurn();

  constructor(
    @Inject(OIDC_PROVIDER) private readonly provider: Provider,
    private readonly polls: DevicePolls,
  ) {}

  onModuleInit(): void {
    const ownGrant = ownHandler(this.provider, DEVICE_GRANT_TYPE);
    this.provider.registerGrantType(DEVICE_GRANT_TYPE, (ctx) => this.inTurn(ctx, ownGrant), [DEVICE_CODE], []);
  }

  private inTurn(ctx: TokenEndpointGrantContext, ownGrant: GrantHandler): Promise<void> {
    return this.turns.run(digest(String(ctx.oidc.params[DEVICE_CODE])), () => this.redeem(ctx, ownGrant));
  }

  private async redeem(ctx: TokenEndpointGrantContext, ownGrant: GrantHandler): Promise<void> {
    try {
      await ownGrant(ctx);
    } catch (error) {
      const waits = error instanceof errors.AuthorizationPending;
      if (waits && this.polls.isTooSoon(String(ctx.oidc.params[DEVICE_CODE]))) throw new errors.SlowDown();
      throw error;
    }
  }
}
