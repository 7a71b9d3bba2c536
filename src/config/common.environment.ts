import { IsIn, IsOptional, Max, Min } from 'class-validator';

import { Secret } from '../common/secret.js';
import { IsBaseUrl, IsFalseInProduction, IsLongSecret, IsProxyList, IsRequired, IsSecretUrl } from './rules.js';
import { Setting } from './setting.decorator.js';

/** The levels of the log, most silent first. */
export const LOG_LEVELS = ['silent', 'fatal', 'error', 'warn', 'info', 'debug', 'trace'] as const;

/** How severe a line has to be to get into the log. */
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Where a process listens, and the variable that says so. */
export interface Port {
  readonly number: number;
  readonly variable: string;
}

/** What every process is told by its environment. */
export abstract class CommonEnvironment {
  @Setting({
    about: 'production refuses demo secrets, unencrypted addresses and switches for development',
    kind: 'text',
  })
  @IsIn(['development', 'production', 'test'])
  readonly NODE_ENV: string = 'development';

  @Setting({ about: 'Address to listen on; 0.0.0.0 is every IPv4 address of the machine', kind: 'text' })
  readonly HOST: string = '127.0.0.1';

  @Setting({ about: `Least severe log line that is written: ${LOG_LEVELS.join(', ')}`, kind: 'text' })
  @IsIn(LOG_LEVELS)
  readonly LOG_LEVEL: LogLevel = 'info';

  @Setting({ about: 'Folder of the databases and of generated keys', kind: 'text' })
  readonly DATA_DIR: string = '.data';

  @Setting({
    about:
      'PostgreSQL database, as postgres://…; a server that starts waits for one that is away, half a minute at most',
    kind: 'secret',
    otherwise: 'a SQLite file in DATA_DIR',
  })
  @IsOptional()
  @IsSecretUrl('postgres', 'postgresql')
  readonly DATABASE_URL?: Secret;

  @Setting({
    about: 'Key of all that is sealed at rest and in cookies, at least 32 characters; the same for every instance',
    kind: 'secret',
    otherwise: 'made at the first start and kept in DATA_DIR',
  })
  @IsRequired()
  @IsLongSecret(32)
  readonly SECRET_KEY!: Secret;

  @Setting({
    about: 'Addresses and networks of the reverse proxies whose X-Forwarded headers are believed, comma-separated',
    kind: 'list',
    otherwise: 'none',
  })
  @IsProxyList()
  readonly TRUST_PROXY: readonly string[] = [];

  @Setting({ about: 'Serves the demo world: its routes, and readiness only when it is seeded', kind: 'boolean' })
  @IsFalseInProduction()
  readonly DEMO: boolean = false;

  @Setting({
    about: 'Issuer of the authorization server, to the letter as in its discovery document',
    kind: 'issuer',
  })
  @IsBaseUrl()
  readonly AS_ISSUER: string = 'http://localhost:8080';

  @Setting({ about: 'Sign-ins that one address may try in a minute', kind: 'integer' })
  @Min(1)
  readonly RATE_LIMIT_SIGN_IN: number = 20;

  @Setting({ about: 'Largest request body, in bytes', kind: 'integer' })
  @Min(1024)
  @Max(104_857_600)
  readonly BODY_LIMIT_BYTES: number = 1_048_576;

  @Setting({
    about: 'Proxy for outgoing http requests; loopback is never proxied',
    kind: 'secret',
    aliases: ['http_proxy'],
    otherwise: 'none',
  })
  @IsOptional()
  @IsSecretUrl('http', 'https')
  readonly HTTP_PROXY?: Secret;

  @Setting({
    about: 'Proxy for outgoing https requests; loopback is never proxied',
    kind: 'secret',
    aliases: ['https_proxy'],
    otherwise: 'HTTP_PROXY',
  })
  @IsOptional()
  @IsSecretUrl('http', 'https')
  readonly HTTPS_PROXY?: Secret;

  @Setting({
    about: 'Hosts that are reached without the proxy, comma-separated; * is all',
    kind: 'list',
    aliases: ['no_proxy'],
    otherwise: 'none',
  })
  readonly NO_PROXY: readonly string[] = [];

  /** Where this process listens. */
  abstract get port(): Port;
}
