import { ID_TOKEN_CLAIM_FORMATS, PAT_SCOPE } from './constants.js';
import { checkUmaConfiguration, discoveryUrls, type UmaConfiguration } from './discovery.js';
import { isJsonObject } from './strict-json.js';

type JsonObject = Readonly<Record<string, unknown>>;

/**
 * How an authorization server differs from the standard, as far as a resource server or a client has to know. The
 * {@link STANDARD_PROFILE} differs in nothing, and is strict.
 */
export interface AuthorizationServerProfile {
  readonly discovery: DiscoveryProfile;
  readonly pat: PatProfile;
  readonly registration: RegistrationProfile;
  /** Whether a single permission may be asked for as an object, or has to stand in an array too. */
  readonly permissionBody: 'auto' | 'array';
  readonly introspection: IntrospectionProfile;
  readonly tokens: TokenProfile;
  /** How it spells the format of an ID token as a claim token, the spelling to use unasked first. */
  readonly claimFormats: readonly string[];
  /** Whether every ticket in its answers is a new one; `lenient` when it may give the one it got. */
  readonly ticketRotation: 'strict' | 'lenient';
}

/** Where the UMA metadata of an issuer are, and what they may say. */
export interface DiscoveryProfile {
  /** What its issuers look like, where they all look alike. */
  readonly issuerForm?: IssuerForm;
  /** Where the document may be, in the order of trying. */
  readonly urls: (issuer: string) => readonly string[];
  /** Every issuer that the document, and a token, may name in place of this one; itself among them. */
  readonly issuers: (issuer: string) => readonly string[];
  /** Endpoints by the names that this server has for them, where the standard's name is missing. */
  readonly otherNames: Readonly<Record<string, string>>;
  /** The endpoints, where no document tells them. */
  readonly endpoints?: (issuer: string) => Readonly<Record<string, string>>;
}

/** What the issuers of one kind of authorization server look like. */
export interface IssuerForm {
  readonly pattern: RegExp;
  /** For the person who mistook the address. */
  readonly example: string;
}

/** How a resource server gets a PAT, and how it hears that one is good no more. */
export interface PatProfile {
  /** Whether an owner signs in for it, or has given the resource server a client of her own. */
  readonly grant: 'authorization_code' | 'client_credentials';
  /** The scope of a PAT; null where every access token of an owner for this client is one. */
  readonly scope: typeof PAT_SCOPE | null;
  /** The scope that makes it last; null where that is a setting of the client. */
  readonly offlineScope: 'offline_access' | null;
  /** By what it refuses a PAT, 401 apart. */
  readonly refusals: readonly Refusal[];
}

/** An answer that means something of its own: its status, and its error code unless any will do. */
export interface Refusal {
  readonly status: number;
  readonly code?: string;
}

/** What descriptions of resources look like there. */
export interface RegistrationProfile {
  /** The members it takes; it refuses a description with any other. All, when left out. */
  readonly members?: readonly string[];
  /** Members that every description has to have there. */
  readonly additions: Readonly<Record<string, unknown>>;
  /** What it calls members of the standard. */
  readonly otherNames: Readonly<Record<string, string>>;
  /** Whether it makes the name the identifier of a new resource, so that no two may have the same. */
  readonly nameIsId: boolean;
  /** Where an owner decides who may see what is hers, where no answer says so. */
  readonly policyUri?: (issuer: string) => string;
  /** Query of the address that lists all resources. */
  readonly listQuery: string;
  /** By what it says that there is no such resource, 404 apart. */
  readonly missing: readonly Refusal[];
}

/** How a token is asked about. */
export interface IntrospectionProfile {
  /** Who asks: the resource owner, by her PAT, or this resource server, as the client it is there. */
  readonly auth: 'pat' | 'client';
  /** `token_type_hint` */
  readonly hint: 'access_token' | 'requesting_party_token';
  /** Refusals that mean `{"active":false}`. */
  readonly inactive: readonly Refusal[];
}

/** What its tokens say of themselves. */
export interface TokenProfile {
  /**
   * What `aud` names: the resource server's identifier, the client that it is there, or `nothing` that would tell resource
   * servers apart (the requesting client, a fixed word): the resources in the permissions alone do.
   */
  readonly audience: 'identifier' | 'client-id' | 'nothing';
  /** `typ` of its signed tokens, in lower case and without `application/`; empty where they have none. */
  readonly types: readonly string[];
}

/** What the standard says, and nothing else. */
export const STANDARD_PROFILE: AuthorizationServerProfile = {
  discovery: { urls: discoveryUrls, issuers: (issuer) => [issuer], otherNames: {} },
  pat: { grant: 'authorization_code', scope: PAT_SCOPE, offlineScope: 'offline_access', refusals: [] },
  registration: { additions: {}, otherNames: {}, nameIsId: false, listQuery: '', missing: [] },
  permissionBody: 'auto',
  introspection: { auth: 'pat', hint: 'access_token', inactive: [] },
  tokens: { audience: 'identifier', types: ['at+jwt'] },
  claimFormats: ID_TOKEN_CLAIM_FORMATS,
  ticketRotation: 'strict',
};

/**
 * Checks a metadata document as this kind of server publishes it.
 *
 * @returns the endpoints under the standard's names, and the issuer that was asked
 * @throws DiscoveryError when it is of none of the issuers it may be of, or an endpoint is missing or not secure
 */
export function readUmaConfiguration(profile: DiscoveryProfile, issuer: string, document: unknown): UmaConfiguration {
  if (!isJsonObject(document)) return checkUmaConfiguration(issuer, document);
  const renamed = Object.entries(profile.otherNames).map(([name, other]) => [name, document[name] ?? document[other]]);
  const standard = { ...document, ...(Object.fromEntries(renamed) as object) };
  return checkUmaConfiguration(issuer, withOwnIssuer(profile, issuer, standard));
}

/** A metadata document with the issuer that was asked in place of another name of it. Any other issuer stays. */
export function withOwnIssuer(profile: DiscoveryProfile, issuer: string, document: JsonObject): JsonObject {
  const { issuer: named } = document;
  return profile.issuers(issuer).some((one) => one === named) ? { ...document, issuer } : document;
}

/** Whether an answer is one of some refusals. @param code of the answer's `error` */
export function isOneOf(refusals: readonly Refusal[], status: number, code: string | undefined): boolean {
  return refusals.some((refusal) => refusal.status === status && (refusal.code ?? code) === code);
}
