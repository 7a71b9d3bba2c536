import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import type Provider from 'oidc-provider';
import type { KoaContextWithOIDC } from 'oidc-provider';

import { OIDC_PROVIDER } from '../oidc/oidc.options.js';
import { RequestingPartyTokens } from './requesting-party-tokens.js';

/**
 * Lets the provider's revocation endpoint end requesting party tokens too. The provider has authenticated the client by
 * then, and answers 200 for every token, known to it or not.
 *
 * @see RFC 7009 section 2, UMA 2.0 Grant section 3.7
 */
@Injectable()
export class RptRevocation implements OnModuleInit {
  constructor(
    @Inject(OIDC_PROVIDER) private readonly provider: Provider,
    private readonly rpts: RequestingPartyTokens,
  ) {}

  onModuleInit(): void {
    this.provider.use(async (ctx, next) => {
      await next();
      const oidc = ctx['oidc'] as KoaContextWithOIDC['oidc'] | undefined;
      if (oidc?.route === 'revocation' && ctx.status === 200) await this.revoke(oidc);
    });
  }

  private async revoke({ client, params }: KoaContextWithOIDC['oidc']): Promise<void> {
    const token = params?.['token'];
    if (client !== undefined && typeof token === 'string') await this.rpts.revoke(token, client.clientId);
  }
}
