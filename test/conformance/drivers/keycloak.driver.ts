import type { Answer } from '../http/answer.js';
import { SignInClaimTokens } from '../world/claim-tokens.js';
import type { Account, Client } from '../world/client.js';
import { tokenOf } from '../world/code-flow.js';
import type { Protocol } from '../world/protocol.js';
import type { Driver, Fixtures, PolicyDriver } from './driver.js';
import { KeycloakAdmin } from './keycloak-admin.js';
import { KeycloakPolicy } from './keycloak-policy.js';
import { type KeycloakRealm, makeRealm } from './keycloak-realm.js';
import type { Providers } from './standard-setup.js';
import type { Target } from './target.js';

/**
 * Keycloak, in a realm that the suite makes anew. Its ways that are not the standard's are used where a case is about
 * something else: people sign in by the password grant, permissions are asked for in an array, and introspection is done by
 * the client (`rs1`) with Keycloak's own hint.
 */
export class KeycloakDriver implements Driver {
  readonly name = 'keycloak';
  /** Registrations at the same time fail with a conflict when they name the same new scope. */
  readonly sideBySide = 1;
  readonly permissionsAsArray = true;
  readonly policy: PolicyDriver;
  private made: KeycloakRealm | undefined;

  constructor(
    private readonly target: Target,
    private readonly providers: Providers,
  ) {
    this.policy = new KeycloakPolicy(target.issuer);
  }

  async prepare(): Promise<void> {
    const { issuer, admin: account } = this.target;
    if (account === undefined) throw new Error('The driver keycloak needs an admin in the file of --config.');
    const [base = '', realm = ''] = issuer.split('/realms/');
    const admin = new KeycloakAdmin(base, account);
    await admin.signIn();
    this.made = await makeRealm(admin, realm);
  }

  async setUp(protocol: Protocol): Promise<Fixtures> {
    const { clients, accounts } = this.realm;
    const { alice, bob, carol } = accounts;
    const { rs1, rs2, c1 } = clients;
    const accessToken = (client: Client, account: Account) => signIn(protocol, client, account, 'access_token');
    const idToken = (person: 'bob' | 'mallory', client: Client) =>
      signIn(protocol, client, person === 'bob' ? bob : carol, 'id_token');
    const claimTokens = await SignInClaimTokens.begin(idToken, c1, this.providers.stranger);
    return {
      clients,
      pats: {
        a1: await accessToken(rs1, alice),
        a2: await accessToken(rs2, alice),
        c1: await accessToken(rs1, carol),
        empty: await accessToken(rs2, carol),
      },
      // Bob has not the role that makes a token a PAT.
      plainToken: await accessToken(rs1, bob),
      claimTokens,
      bobHere: { ...bob, identity: claimTokens.bob },
    };
  }

  introspect(protocol: Protocol, rpt: string): Promise<Answer> {
    const form = { token: rpt, token_type_hint: 'requesting_party_token' };
    return protocol.introspect({ basic: this.realm.clients.rs1, form });
  }

  /** The realm stays, for whoever wants to look at it. */
  async close(): Promise<void> {
    // Nothing was begun.
  }

  private get realm(): KeycloakRealm {
    if (this.made === undefined) throw new Error('The realm was not made.');
    return this.made;
  }
}

async function signIn(
  protocol: Protocol,
  client: Client,
  account: Account,
  token: 'access_token' | 'id_token',
): Promise<string> {
  const form = { grant_type: 'password', scope: 'openid profile email', ...account };
  return tokenOf(await protocol.token({ basic: client, form }), token);
}
