import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import type Provider from 'oidc-provider';
import type { KoaContextWithOIDC } from 'oidc-provider';

import { digest } from '../../common/digest.js';
import type { UmaTables } from '../../database/authorization-server/uma.js';
import { Database } from '../../database/database.js';
import { OIDC_PROVIDER } from '../oidc/oidc.options.js';
import { PersistedClaims } from './persisted-claims.js';
import { renewedBy } from './refresh-handle.js';
import { TokenRevocation } from './token-revocation.js';

/**
 * Lets the provider's revocation endpoint end requesting party tokens, their refresh tokens and persisted claims tokens
 * too. The provider has authenticated the client by then, and answers 200 for every token, known to it or not.
 *
 * @see RFC 7009 section 2, UMA 2.0 Grant section 3.7
 */
@Injectable()
export class RptRevocation implements OnModuleInit {
  constructor(
    @Inject(OIDC_PROVIDER) private readonly provider: Provider,
    private readonly database: Database<UmaTables>,
    private readonly revocation: TokenRevocation,
    private readonly persistedClaims: PersistedClaims,
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
    if (client === undefined || typeof token !== 'string') return;
    await this.database.kysely.transaction().execute(async (within) => {
      const ofClient = { client_id: client.clientId };
      const id = renewedBy(token);
      const named = id === undefined ? { handle_digest: digest(token) } : { id, refresh_digest: digest(token) };
      await this.revocation.end(within, (rpt) => rpt.and({ ...ofClient, ...named }));
      await this.persistedClaims.forget(within, token, client.clientId);
    });
  }
}
