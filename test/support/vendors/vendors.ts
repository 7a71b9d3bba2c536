import type { PresetName } from '../../../src/common/preset-names.js';

type Endpoint = 'discovery' | 'token' | 'registration' | 'permission' | 'introspection' | 'keys';

/** A description of a resource as it was sent. */
export type SentDescription = Readonly<Record<string, unknown>>;

/** A product as the mock of it behaves, apart from what its recorded answers say. */
export interface Vendor {
  readonly preset: Exclude<PresetName, 'forgerock'>;
  /** Path of its issuer. */
  readonly issuer: string;
  readonly paths: Readonly<Record<Endpoint, string>>;
  /** Whether its RPTs are JWTs that it signs. */
  readonly signs: boolean;
  /** Whether a permission request has to be an array. */
  readonly arraysOnly: boolean;
  /** Who may introspect, and by which hint the answer has permissions in it. */
  readonly introspection: { readonly by: 'pat' | 'client'; readonly hint?: string };
  /** The query without which it lists nothing. */
  readonly listQuery?: string;
  /** Why it would not register a description: the name of the recorded answer. */
  readonly refuses?: (description: SentDescription, others: readonly SentDescription[]) => string | undefined;
  /** What it makes the identifier of a resource. */
  readonly idOf?: (description: SentDescription) => string | undefined;
  /** What it calls the icon of a resource, where that is not the standard's name. */
  readonly iconMember?: string;
  readonly claimTokenFormats: readonly string[];
  /** What it answers to a claim token of another format, and to none where it wants one. */
  readonly otherFormat: string;
  readonly wantsClaimToken: boolean;
  readonly singleUse: boolean;
}

const ID_TOKEN = 'http://openid.net/specs/openid-connect-core-1_0.html#IDToken';
const JWT = 'urn:ietf:params:oauth:token-type:jwt';
const KEYCLOAK_MEMBERS = [
  'name',
  'type',
  'icon_uri',
  'resource_scopes',
  'scopes',
  'uris',
  'ownerManagedAccess',
  'attributes',
  '_id',
  'displayName',
  'owner',
];

const nameOf = ({ name }: SentDescription): string | undefined => (typeof name === 'string' ? name : undefined);

const gluu = (preset: 'gluu3' | 'janssen', path: string): Vendor => ({
  preset,
  issuer: '',
  paths: {
    discovery: '/.well-known/uma2-configuration',
    token: `${path}/token`,
    registration: `${path}/host/rsrc/resource_set`,
    permission: `${path}/host/rsrc_pr`,
    introspection: `${path}/rpt/status`,
    keys: `${path}/jwks`,
  },
  signs: preset === 'janssen',
  arraysOnly: false,
  introspection: { by: 'pat' },
  claimTokenFormats: [ID_TOKEN],
  otherFormat: 'badClaim',
  wantsClaimToken: false,
  singleUse: false,
});

type Refuses = NonNullable<Vendor['refuses']>;

const refusedByKeycloak: Refuses = (description, others) => {
  if (Object.keys(description).some((member) => !KEYCLOAK_MEMBERS.includes(member))) return 'unknownMember';
  return others.some((other) => nameOf(other) === nameOf(description)) ? 'conflict' : undefined;
};

const refusedAsSecond: Refuses = (description, others) =>
  nameOf(description) !== undefined && others.some((other) => nameOf(other) === nameOf(description))
    ? 'conflict'
    : undefined;

/** Every product that has a preset, the standard's own first. */
export const VENDORS: readonly Vendor[] = [
  {
    preset: 'standard',
    issuer: '',
    paths: {
      discovery: '/.well-known/uma2-configuration',
      token: '/token',
      registration: '/resources',
      permission: '/permission',
      introspection: '/introspect',
      keys: '/jwks',
    },
    signs: false,
    arraysOnly: false,
    introspection: { by: 'pat' },
    claimTokenFormats: [ID_TOKEN],
    otherFormat: 'needInfo',
    wantsClaimToken: false,
    singleUse: true,
  },
  {
    preset: 'keycloak',
    issuer: '/realms/heart',
    paths: {
      discovery: '/realms/heart/.well-known/uma2-configuration',
      token: '/realms/heart/protocol/openid-connect/token',
      registration: '/realms/heart/authz/protection/resource_set',
      permission: '/realms/heart/authz/protection/permission',
      introspection: '/realms/heart/protocol/openid-connect/token/introspect',
      keys: '/realms/heart/protocol/openid-connect/certs',
    },
    signs: true,
    arraysOnly: true,
    introspection: { by: 'client', hint: 'requesting_party_token' },
    refuses: refusedByKeycloak,
    claimTokenFormats: [ID_TOKEN, JWT],
    otherFormat: 'badClaim',
    wantsClaimToken: true,
    singleUse: false,
  },
  gluu('gluu3', '/oxauth/restv1'),
  gluu('janssen', '/jans-auth/restv1'),
  {
    preset: 'pingam',
    issuer: '/am/oauth2/realms/root/realms/alpha',
    paths: {
      discovery: '/am/uma/realms/root/realms/alpha/.well-known/uma2-configuration',
      token: '/am/oauth2/realms/root/realms/alpha/access_token',
      registration: '/am/uma/realms/root/realms/alpha/resource_set',
      permission: '/am/uma/realms/root/realms/alpha/permission_request',
      introspection: '/am/oauth2/realms/root/realms/alpha/introspect',
      keys: '/am/oauth2/realms/root/realms/alpha/connect/jwk_uri',
    },
    signs: true,
    arraysOnly: false,
    introspection: { by: 'pat' },
    listQuery: '_queryId=*',
    claimTokenFormats: [ID_TOKEN],
    otherFormat: 'needInfo',
    wantsClaimToken: false,
    singleUse: true,
  },
  {
    preset: 'wso2',
    issuer: '/oauth2/token',
    paths: {
      discovery: '/none',
      token: '/oauth2/token',
      registration: '/api/identity/oauth2/uma/resourceregistration/v1.0/resource',
      permission: '/api/identity/oauth2/uma/permission/v1.0/permission',
      introspection: '/oauth2/introspect',
      keys: '/oauth2/jwks',
    },
    signs: true,
    arraysOnly: true,
    introspection: { by: 'pat' },
    refuses: refusedAsSecond,
    claimTokenFormats: [ID_TOKEN, JWT],
    otherFormat: 'badClaim',
    wantsClaimToken: true,
    singleUse: false,
  },
  {
    preset: 'gravitee',
    iconMember: 'iconUri',
    issuer: '/heart/oidc',
    paths: {
      discovery: '/heart/uma/.well-known/uma2-configuration',
      token: '/heart/oauth/token',
      registration: '/heart/uma/protection/resource_set',
      permission: '/heart/uma/protection/permission',
      introspection: '/heart/oauth/introspect',
      keys: '/heart/oidc/.well-known/jwks.json',
    },
    signs: true,
    arraysOnly: false,
    introspection: { by: 'pat' },
    claimTokenFormats: ['urn:ietf:params:oauth:token-type:id_token'],
    otherFormat: 'needInfo',
    wantsClaimToken: false,
    singleUse: true,
  },
  {
    preset: 'solidlab',
    issuer: '/uma',
    paths: {
      discovery: '/uma/.well-known/uma2-configuration',
      token: '/uma/token',
      registration: '/uma/resources/',
      permission: '/uma/ticket',
      introspection: '/uma/introspect',
      keys: '/uma/keys',
    },
    signs: true,
    arraysOnly: true,
    introspection: { by: 'pat' },
    refuses: refusedAsSecond,
    idOf: nameOf,
    claimTokenFormats: [ID_TOKEN],
    otherFormat: 'badClaim',
    wantsClaimToken: false,
    singleUse: true,
  },
];
