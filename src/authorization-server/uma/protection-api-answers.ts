import { ResourceDescriptionDto } from './protection-api.dto.js';

/** A permission ticket. @see UMA 2.0 Federated Authorization section 4.2 */
export class TicketAnswer {
  /** Goes to the client, in the challenge of the resource server. */
  readonly ticket!: string;
}

/** How a registered resource is called, and where its owner shares it. */
export class ResourceNames {
  /** Id of the resource at this server. */
  readonly _id!: string;

  /** The owner's page of this resource. */
  readonly user_access_policy_uri!: string;
}

/** A registered resource. */
export class RegisteredResource extends ResourceDescriptionDto {
  /** Id of the resource at this server. */
  readonly _id!: string;

  /** The owner's page of this resource. */
  readonly user_access_policy_uri!: string;
}

/** A permission of an RPT, at a resource of the resource server that asks. */
export class GrantedPermission {
  /** `_id` of the resource. */
  readonly resource_id!: string;

  readonly resource_scopes!: string[];

  /** When it ends, in seconds since the Unix epoch. */
  readonly exp?: number | undefined;
}

/** What a token permits; all but `active` only when that is true. @see UMA 2.0 Federated Authorization section 5.1.1 */
export class IntrospectionAnswer {
  /** Whether the token is good, at a resource of the resource server that asks. */
  readonly active!: boolean;

  /** This server. */
  readonly iss?: string;

  /** Identifier of the resource server. */
  readonly aud?: string;

  /** Who the requesting party is: a name that only this resource server gets. */
  readonly sub?: string;

  readonly client_id?: string;

  readonly jti?: string;

  readonly token_type?: 'Bearer' | 'DPoP';

  /** Thumbprint of the key that the token is bound to. @see RFC 9449 section 6.2 */
  readonly cnf?: { readonly jkt: string };

  /** When the token was made, in seconds since the Unix epoch. */
  readonly iat?: number;

  /** When the token ends, in seconds since the Unix epoch. */
  readonly exp?: number;

  readonly permissions?: GrantedPermission[];
}

/** A scope in words. @see UMA 2.0 Federated Authorization section 3.1.1 */
export class ScopeAnswer {
  readonly name!: string;

  readonly description!: string;

  /** Address of its icon. */
  readonly icon_uri!: string;
}
