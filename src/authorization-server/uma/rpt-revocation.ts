import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import type Provider from 'oidc-provider';
import type { Expression, ExpressionBuilder, SqlBool } from 'kysely';
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
    await this.database.transaction(async (within) => {
      await this.revocation.end(within, (rpt) => rpt.and([rpt('client_id', '=', client.clientId), named(rpt, token)]));
      await this.persistedClaims.forget(within, token, client.clientId);
    });
  }
}

/** The requesting party token that a text is, or whose good refresh token: the one before is good, too, for a while. */
function named(rpt: ExpressionBuilder<UmaTables, 'uma_rpt'>, token: string): Expression<SqlBool> {
  const [id, presented] = [renewedBy(token), digest(token)];
  if (id === undefined) return rpt('handle_digest', '=', presented);
  const isGood = rpt.or([rpt('refresh_digest', '=', presented), rpt('former_refresh_digest', '=', presented)]);
  return rpt.and([rpt('id', '=', id), isGood]);
}
