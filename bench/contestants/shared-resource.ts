import type { AuthorizationServer } from './authorization-server.js';
import { setUp, text } from './http.js';
import { Person } from './people.js';

/** Alice's heart rate at our authorization server, which she shares with Bob. */
export interface SharedResource {
  readonly resourceId: string;
  /** Alice's protection API access token at the resource server. */
  readonly pat: string;
  readonly bob: Person;
}

/** What is asked for. */
export const SCOPE = 'heart-rate:read';

/** What is asked for by whoever would like to see it live. */
export const STREAM_SCOPE = 'heart-rate:stream';

/** Registers a resource of Alice's and shares it with Bob, as everybody would. */
export async function shareResource(server: AuthorizationServer): Promise<SharedResource> {
  const alice = new Person(server, 'alice');
  const { issuer, resourceServer } = server;
  const pat = text(await alice.tokens(resourceServer, 'openid uma_protection offline_access'), 'access_token');
  const sharing = text(await alice.tokens(resourceServer, 'openid sharing'), 'access_token');
  const description = { name: 'Heart rate', resource_scopes: [SCOPE] };
  const resourceId = text(await setUp('POST', `${issuer}/uma/resources`, { bearer: pat, json: description }), '_id');
  const share = { resourceId, scopes: [SCOPE], grantee: { username: 'bob' } };
  await setUp('POST', `${issuer}/api/shares`, { bearer: sharing, json: share });
  return { resourceId, pat, bob: new Person(server, 'bob') };
}
