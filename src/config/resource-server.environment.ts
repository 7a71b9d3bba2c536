import { IsIn, IsOptional, IsTimeZone, Max, Min, ValidateIf, ValidateNested } from 'class-validator';

import { LONGEST_UNTOLD_SECONDS } from '../common/lifetimes.js';
import type { Secret } from '../common/secret.js';
import { AuthorizationServerSetting } from './authorization-server.setting.js';
import type { Port } from './common.environment.js';
import { RelyingPartyEnvironment } from './relying-party.environment.js';
import {
  AreOtherServers,
  IsBaseUrl,
  IsHeaderName,
  IsHeaderText,
  IsRequired,
  IsSecretUrl,
  IsShortName,
} from './rules.js';
import { Setting } from './setting.decorator.js';

/** What the resource server is told by its environment. */
export class ResourceServerEnvironment extends RelyingPartyEnvironment {
  @Setting({ about: 'Port the resource server listens on', kind: 'integer' })
  @Min(0)
  @Max(65_535)
  readonly RS_PORT: number = 4000;

  @Setting({ about: 'Identifier of the resource server as a client of the authorization server', kind: 'text' })
  readonly RS_CLIENT_ID: string = 'resource-server';

  @Setting({
    about: 'Secret of the resource server as a client of the authorization server',
    kind: 'secret',
    otherwise: 'required',
  })
  @IsRequired()
  readonly RS_CLIENT_SECRET!: Secret;

  @Setting({
    about: 'What owners call the authorization server, where they choose between several',
    kind: 'text',
    otherwise: 'the host of AS_ISSUER',
  })
  @IsOptional()
  @IsShortName()
  readonly AS_NAME?: string;

  @Setting({
    about:
      'More authorization servers where owners may sign in: a JSON array of {id, issuer, client_id, client_secret, ' +
      'preset, name}; the last two may be left out. Each sends people back to RS_BASE_URL/callback/ID',
    kind: 'json',
    of: AuthorizationServerSetting,
    otherwise: 'none',
  })
  @ValidateNested({ each: true })
  @AreOtherServers()
  readonly AUTHORIZATION_SERVERS: readonly AuthorizationServerSetting[] = [];

  @Setting({ about: 'Realm named in a challenge', kind: 'text', otherwise: 'the host of AS_ISSUER' })
  @IsOptional()
  @IsHeaderText()
  readonly UMA_REALM?: string;

  @Setting({
    about:
      'How long a permit may be reused while the authorization server does not tell of withdrawals, in seconds ' +
      `(0 to ${LONGEST_UNTOLD_SECONDS}); while it does, until its token ends, but 0 asks every time`,
    kind: 'integer',
  })
  @Min(0)
  @Max(LONGEST_UNTOLD_SECONDS)
  readonly INTROSPECTION_CACHE_SECONDS: number = LONGEST_UNTOLD_SECONDS;

  @Setting({
    about:
      'Where the authorization server reaches this very instance to tell of withdrawals; of several instances without ' +
      'REDIS_URL each needs its own',
    kind: 'url',
    otherwise: 'RS_BASE_URL/security-events',
  })
  @IsOptional()
  @IsBaseUrl()
  readonly SECURITY_EVENTS_URL?: string;

  @Setting({
    about:
      'Redis or Valkey (redis://, rediss://) by which several instances tell each other what they hear and store; with ' +
      'it they may share one SECURITY_EVENTS_URL',
    kind: 'secret',
    otherwise: 'there is one instance',
  })
  @IsOptional()
  @IsSecretUrl('redis', 'rediss')
  readonly REDIS_URL?: Secret;

  @Setting({ about: 'Repeats a challenge in the JSON body of every refusal, as old clients want it', kind: 'boolean' })
  readonly CHALLENGE_BODY: boolean = false;

  @Setting({
    about: 'Says in every challenge where the metadata of the resource server are (RFC 9728)',
    kind: 'boolean',
  })
  readonly CHALLENGE_METADATA: boolean = true;

  @Setting({
    about: 'Challenges to add to that of UMA, for clients of plain OAuth: Bearer, DPoP',
    kind: 'list',
    otherwise: 'none',
  })
  @IsIn(['Bearer', 'DPoP'], { each: true })
  readonly EXTRA_CHALLENGES: readonly ('Bearer' | 'DPoP')[] = [];

  @Setting({
    about: 'Header in which clients may send a token beside Authorization, as those of ForgeRock do (X-FRDP-RPT)',
    kind: 'text',
    otherwise: 'none',
  })
  @IsOptional()
  @IsHeaderName()
  readonly TOKEN_HEADER?: string;

  @Setting({
    about:
      'By what tokens are judged: introspection; jwt (what a signed token says itself, so that a withdrawal acts by ' +
      'security events alone); or both',
    kind: 'text',
  })
  @IsIn(['introspection', 'jwt', 'both'])
  readonly DECISION_MODE: 'introspection' | 'jwt' | 'both' = 'introspection';

  @Setting({
    about: 'Proxy that asks at /forward-auth before it passes requests on to other services: nginx, traefik or envoy',
    kind: 'text',
    otherwise: 'none may ask',
  })
  @IsOptional()
  @IsIn(['nginx', 'traefik', 'envoy'])
  readonly FORWARD_AUTH_PROXY?: 'nginx' | 'traefik' | 'envoy';

  @Setting({
    about:
      'Which of their requests are for which resource (GET /reports/:id/** heart-rate:read), separated by commas; of ' +
      'scopes joined by | any one will do, of those joined by + all are needed',
    kind: 'list',
    otherwise: 'all are refused',
  })
  readonly FORWARD_AUTH_RULES: readonly string[] = [];

  @Setting({
    about: 'Address, without path, at which clients reach those services',
    kind: 'url',
    otherwise: 'that of RS_BASE_URL',
  })
  @IsOptional()
  @IsBaseUrl()
  readonly FORWARD_AUTH_ORIGIN?: string;

  @Setting({
    about: 'Time zone (Europe/Berlin) of sensor times that name none',
    kind: 'text',
    otherwise: 'such times are refused',
  })
  @IsOptional()
  @IsTimeZone()
  readonly SENSOR_TIME_ZONE?: string;

  @Setting({
    about:
      'Lets sensors with a socket.io client 1.x or 2.x connect; the credential of one may stand in the query of its ' +
      'address (token)',
    kind: 'boolean',
  })
  readonly SENSOR_PROTOCOL_3: boolean = false;

  @Setting({
    about: 'Port for old sensors that have no credential (1337, as there); all that comes counts as sent by one sensor',
    kind: 'integer',
    otherwise: 'there is none',
  })
  @IsOptional()
  @Min(0)
  @Max(65_535)
  readonly OLD_SENSOR_PORT?: number;

  @Setting({
    about: 'Address to listen on for them: whoever reaches it can send',
    kind: 'text',
  })
  readonly OLD_SENSOR_HOST: string = '127.0.0.1';

  @Setting({
    about: 'Credential of the sensor that they stand for, as its owner was shown it',
    kind: 'secret',
    otherwise: 'required with OLD_SENSOR_PORT',
  })
  @ValidateIf(({ OLD_SENSOR_PORT }: ResourceServerEnvironment) => OLD_SENSOR_PORT !== undefined)
  @IsRequired()
  readonly OLD_SENSOR_CREDENTIAL?: Secret;

  @Setting({
    about: 'Owner whose resource GET /hearthRate serves without a session',
    kind: 'text',
    otherwise: 'the only owner',
  })
  @IsOptional()
  readonly LEGACY_OWNER?: string;

  @Setting({
    about: 'Scope (hearthRate) under which a resource is registered at an authorization server set up for it',
    kind: 'text',
    otherwise: 'the scopes heart-rate:…',
  })
  @IsOptional()
  readonly LEGACY_SCOPE?: string;

  @Setting({
    about: 'Messages that one sensor credential may post in a minute, and refused ones that one address may',
    kind: 'integer',
  })
  @Min(1)
  readonly RATE_LIMIT_INGEST: number = 1200;

  @Setting({
    about: 'Protected reads that one token may try in a minute, and refused ones that one address may',
    kind: 'integer',
  })
  @Min(1)
  readonly RATE_LIMIT_PROTECTED_READS: number = 1200;

  @Setting({ about: 'Sensors that may begin to be paired from one address in a minute', kind: 'integer' })
  @Min(1)
  readonly RATE_LIMIT_PAIRING: number = 10;

  @Setting({
    about:
      'Questions of sensors whether they are paired that may come from one address in a minute; each asks 12 times',
    kind: 'integer',
  })
  @Min(1)
  readonly RATE_LIMIT_PAIRING_QUESTIONS: number = 300;

  @Setting({
    about: 'Forms with the code of a sensor that one address may send in a minute; each sensor takes two',
    kind: 'integer',
  })
  @Min(1)
  readonly RATE_LIMIT_PAIRING_CODES: number = 20;

  @Setting({
    about: 'Handshakes and subscriptions of sockets that one address may have refused in a minute',
    kind: 'integer',
  })
  @Min(1)
  readonly RATE_LIMIT_SOCKETS: number = 300;

  override get port(): Port {
    return { number: this.RS_PORT, variable: 'RS_PORT' };
  }

  /** The port for old sensors, if there is to be one. */
  get oldSensorPort(): { readonly host: string; readonly port: number; readonly credential: Secret } | undefined {
    const { OLD_SENSOR_PORT: port, OLD_SENSOR_HOST: host, OLD_SENSOR_CREDENTIAL: credential } = this;
    return port === undefined || credential === undefined ? undefined : { host, port, credential };
  }

  /** Realm named in a challenge: as set, else the host of the issuer. */
  get realm(): string {
    return this.UMA_REALM ?? new URL(this.AS_ISSUER).host;
  }
}
