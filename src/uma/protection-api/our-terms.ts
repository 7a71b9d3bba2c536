import type { AuthorizationServer } from './authorization-servers.js';
import type { Introspection } from './introspection.js';

/**
 * What a token says, in the terms of the standard: its issuer by the name under which it is known here, and in `aud` the
 * identifier of this resource server where it names us by another one. An `aud` that tells resource servers not apart is
 * left out; that a token is for us shows in its permissions then, which name resources that only we registered.
 *
 * @param identifier of this resource server
 */
export function inOurTerms(token: Introspection, server: AuthorizationServer, identifier: string): Introspection {
  if (!token.active) return token;
  const { iss, aud, ...rest } = token;
  const { issuer, profile } = server;
  const isOwn = iss !== undefined && profile.discovery.issuers(issuer).includes(iss);
  const named = aud === undefined ? undefined : audienceOf(aud, server, identifier);
  return {
    ...rest,
    ...(iss !== undefined && { iss: isOwn ? issuer : iss }),
    ...(named !== undefined && { aud: named }),
  };
}

function audienceOf(
  aud: readonly string[],
  { profile, client }: AuthorizationServer,
  identifier: string,
): readonly string[] | undefined {
  const { audience } = profile.tokens;
  if (audience === 'nothing') return undefined;
  const isUs = audience === 'client-id' && client !== undefined && aud.includes(client.id);
  return isUs ? [...aud, identifier] : aud;
}
