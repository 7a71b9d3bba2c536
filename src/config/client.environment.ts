import { Max, Min } from 'class-validator';

import type { Secret } from '../common/secret.js';
import type { Port } from './common.environment.js';
import { RelyingPartyEnvironment } from './relying-party.environment.js';
import { IsBaseUrl, IsRequired, IsTrustList } from './rules.js';
import { Setting } from './setting.decorator.js';
import { trustedResourceServers, type TrustedResourceServers } from './trusted-resource-servers.js';

/** What the client server is told by its environment. */
export class ClientEnvironment extends RelyingPartyEnvironment {
  @Setting({ about: 'Address of the client server as browsers reach it', kind: 'url' })
  @IsBaseUrl()
  readonly CLIENT_BASE_URL: string = 'http://localhost:3000';

  @Setting({ about: 'Port the client server listens on', kind: 'integer' })
  @Min(0)
  @Max(65_535)
  readonly CLIENT_PORT: number = 3000;

  @Setting({ about: 'Identifier of the client server at the authorization server', kind: 'text' })
  readonly CLIENT_ID: string = 'client-server';

  @Setting({ about: 'Secret of the client server at the authorization server', kind: 'secret', otherwise: 'required' })
  @IsRequired()
  readonly CLIENT_SECRET!: Secret;

  @Setting({
    about: 'Which authorization server each resource server may send us to: origin=issuer, comma-separated',
    kind: 'list',
    otherwise: 'RS_BASE_URL=AS_ISSUER',
  })
  @IsTrustList()
  readonly RESOURCE_SERVERS: readonly string[] = [];

  @Setting({
    about: 'Accesses that one session may open or read in a minute, and refused ones that one address may',
    kind: 'integer',
  })
  @Min(1)
  readonly RATE_LIMIT_ACCESS: number = 300;

  override get port(): Port {
    return { number: this.CLIENT_PORT, variable: 'CLIENT_PORT' };
  }

  /** Which authorization servers each resource server may send us to: as set, else ours alone. */
  get trusted(): TrustedResourceServers {
    const pairs = this.RESOURCE_SERVERS;
    return trustedResourceServers(pairs.length > 0 ? pairs : [`${this.RS_BASE_URL}=${this.AS_ISSUER}`]);
  }
}
