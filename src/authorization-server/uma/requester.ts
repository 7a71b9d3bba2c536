import type { RegisteredClient } from '../oidc/clients/registered-clients.js';
import type { RequestingParty } from '../policy/person.js';
import type { PermissionTicket } from './permission-tickets.js';
import { presentScopes } from './scope-catalogue.js';

/** What those who ask bring along. */
export interface Request {
  /** Issuers of which the client can bring claims. */
  readonly claimIssuers: readonly string[];
  readonly requestedScopes: readonly string[];
  readonly requestingParty: RequestingParty | undefined;
}

/** What is known of those who ask: what the client asks for and may ask for, and who the requesting party is. */
export interface Requester extends Request {
  readonly clientId: string;
  /** Whether the owner was asked in this process: what they allowed then is granted without what they refused. */
  readonly ownerWasAsked: boolean;
  readonly registeredScopes: readonly string[];
}

/** Who asks with a ticket. */
export function requesterOf({ progress }: PermissionTicket, client: RegisteredClient, request: Request): Requester {
  return {
    ...request,
    clientId: client.clientId,
    ownerWasAsked: progress.pollSeconds !== undefined,
    requestedScopes: presentScopes(request.requestedScopes),
    registeredScopes: presentScopes(client.umaScopes),
  };
}
