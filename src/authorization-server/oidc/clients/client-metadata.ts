import type { ClientMetadata } from 'oidc-provider';

import { RPT_LIFETIME_SECONDS, TICKET_LIFETIME_SECONDS } from '../../../common/lifetimes.js';
import { isSecureFrom } from '../../../uma/protocol/discovery.js';
import { scopesOf } from '../../../uma/protocol/scopes.js';
import { errors } from '../oidc-provider.js';
import { PROVIDER_SCOPES } from '../scopes.js';
import { isIssuer, isRedirectUri, isResourceIdentifier, isScope } from './metadata-rules.js';

/** What a client may register beyond the metadata of OAuth and OpenID Connect. */
export interface UmaClientMetadata {
  /** A resource server's identifier: the audience of the tokens that are made for it. */
  resource?: string;
  /** Scopes of resources, which the client may ask for: `RegisteredScopes` of UMA. */
  uma_scopes?: readonly string[];
  /** For a resource server: how long its permission tickets last, in seconds. */
  uma_ticket_lifetime?: number;
  /** For a resource server: how long the RPTs for it last, in seconds. */
  uma_rpt_lifetime?: number;
  /** Where the claims interaction endpoint may send people back to. */
  claims_redirect_uris?: readonly string[];
  /** Issuers whose claim tokens the client may push, beside those that are accepted from every client. */
  claim_token_issuers?: readonly string[];
  /** For a resource server: whether clients have to name it by `resource` when they ask for a token. */
  require_resource?: boolean;
  /** For a resource server: how the RPTs for it are written. */
  rpt_format?: RptFormat;
}

/** A text that only this server can read, or a JWT. @see RFC 9068 */
export type RptFormat = 'opaque' | 'jwt';

type Metadata = ClientMetadata & UmaClientMetadata;

type Member = keyof UmaClientMetadata;

/** Names of the members of {@link UmaClientMetadata}. */
export const UMA_CLIENT_METADATA = [
  'resource',
  'uma_scopes',
  'uma_ticket_lifetime',
  'uma_rpt_lifetime',
  'claims_redirect_uris',
  'claim_token_issuers',
  'require_resource',
  'rpt_format',
] as const satisfies readonly Member[];

/** What the server's own settings mean for those of clients. */
export interface ServerLimits {
  /** Identifier of the server. */
  readonly issuer: string;
  /** The server's own lifetimes, in seconds: a client may register less, never more. */
  readonly ticketLifetimeSeconds?: number;
  readonly rptLifetimeSeconds?: number;
}

/**
 * Checks one member of a client's metadata before the provider looks at any. Scopes that the provider does not know are
 * scopes of resources: they move from `scope` to `uma_scopes`, because it would refuse the client for them.
 *
 * @throws InvalidClientMetadata naming the member and the rule
 */
export function checkClientMetadata(member: string, value: unknown, metadata: Metadata, limits: ServerLimits): void {
  if (member === 'uma_scopes') moveUmaScopes(metadata);
  const broken = value === undefined ? undefined : RULES[member as Member](value, limits);
  if (broken !== undefined) throw new errors.InvalidClientMetadata(`${member} ${broken}`);
}

type Rule = (value: unknown, limits: ServerLimits) => string | undefined;

/** Each tells what is wrong with a value, in words that complete the sentence which begins with the member's name. */
const RULES: Readonly<Record<Member, Rule>> = {
  resource: (value) => unless(isResourceIdentifier(value), 'must be an absolute URI without a fragment'),
  uma_scopes: (value) => unless(isListOf(value, isScope), 'must be an array of scopes'),
  uma_ticket_lifetime: (value, limits) => lifetimeRule(value, limits.ticketLifetimeSeconds ?? TICKET_LIFETIME_SECONDS),
  uma_rpt_lifetime: (value, limits) => lifetimeRule(value, limits.rptLifetimeSeconds ?? RPT_LIFETIME_SECONDS),
  claims_redirect_uris: (value) =>
    unless(isListOf(value, isRedirectUri), 'must be an array of https URIs without a fragment'),
  claim_token_issuers: (value, { issuer: own }) =>
    unless(
      isListOf(value, isIssuer) && value.every((issuer) => isSecureFrom(own, issuer)),
      'must be an array of https URLs without query and fragment',
    ),
  require_resource: (value) => unless(typeof value === 'boolean', 'must be true or false'),
  rpt_format: (value) => unless(value === 'opaque' || value === 'jwt', 'must be opaque or jwt'),
};

function unless(kept: boolean, rule: string): string | undefined {
  return kept ? undefined : rule;
}

/** The `scope` that a client registered, whole again; nothing when it named none. */
export function registeredScope({ scope, uma_scopes }: Readonly<Record<string, unknown>>): { scope?: string } {
  const known = typeof scope === 'string' ? scopesOf(scope) : [];
  const moved = isListOf(uma_scopes, isScope) ? uma_scopes : [];
  return known.length + moved.length === 0 ? {} : { scope: [...known, ...moved].join(' ') };
}

function moveUmaScopes(metadata: Metadata): void {
  if (typeof metadata.scope !== 'string') return;
  const scopes = scopesOf(metadata.scope);
  const foreign = scopes.filter((scope) => !PROVIDER_SCOPES.includes(scope));
  if (foreign.length === 0) return;
  const known = scopes.filter((scope) => PROVIDER_SCOPES.includes(scope));
  const already = isListOf(metadata.uma_scopes, isScope) ? metadata.uma_scopes : [];
  metadata.uma_scopes = [...new Set([...already, ...foreign])];
  if (known.length === 0) delete metadata.scope;
  else metadata.scope = known.join(' ');
}

function lifetimeRule(value: unknown, atMost: number): string | undefined {
  const within = Number.isInteger(value) && (value as number) >= 1 && (value as number) <= atMost;
  return unless(within, `must be a whole number of seconds from 1 to ${atMost}`);
}

function isListOf(value: unknown, isItem: (item: unknown) => item is string): value is readonly string[] {
  return Array.isArray(value) && value.every(isItem);
}
