import { decodeJwt } from 'jose';

import type { Answer } from '../http/answer.js';
import { SignInClaimTokens } from '../world/claim-tokens.js';
import type { Account, Client } from '../world/client.js';
import { tokenOf } from '../world/code-flow.js';
import type { Protocol } from '../world/protocol.js';
import type { Driver, Fixtures, PolicyDriver } from './driver.js';
import { KeycloakAdmin } from './keycloak-admin.js';
import { KeycloakPolicy } from './keycloak-policy.js';
import { makeRealm } from './keycloak-realm.js';
import type { Providers } from './standard-setup.js';
import type { Target } from './target.js';

/**
 * Keycloak, in a realm that the suite makes anew. Its ways that are not the standard's are used where a case is about
 * something else: people sign in by the password grant, and introspection is done by the client (`rs1`) with Keycloak's
 * own hint.
 */
export class KeycloakDriver implements Driver {
  readonly name = 'keycloak';
  readonly sideBySide = 4;
  readonly policy: PolicyDriver;
  private rs1: Client | undefined;

  constructor(
    private readonly protocol: Protocol,
    private readonly target: Target,
    private readonly providers: Providers,
  ) {
    this.policy = new KeycloakPolicy(target.issuer);
  }

  async setUp(): Promise<Fixtures> {
    const { issuer, admin: account } = this.target;
    if (account === undefined) throw new Error('The driver keycloak needs an admin in the file of --config.');
    const [base = '', realm = ''] = issuer.split('/realms/');
    const admin = new KeycloakAdmin(base, account);
    await admin.signIn();
    const { clients, accounts } = await makeRealm(admin, realm);
    this.rs1 = clients.rs1;
    const { alice, bob, carol } = accounts;
    const people = { bob, mallory: carol };
    const idToken = (person: 'bob' | 'mallory', client: Client) => this.signIn(client, people[person], 'id_token');
    const identityClaims = decodeJwt(await idToken('bob', clients.c1));
    return {
      clients,
      pats: {
        a1: await this.signIn(clients.rs1, alice, 'access_token'),
        a2: await this.signIn(clients.rs2, alice, 'access_token'),
        c1: await this.signIn(clients.rs1, carol, 'access_token'),
        empty: await this.signIn(clients.rs2, carol, 'access_token'),
      },
      // Bob has not the role that makes a token a PAT.
      plainToken: await this.signIn(clients.rs1, bob, 'access_token'),
      claimTokens: await SignInClaimTokens.begin(idToken, clients.c1, this.providers.stranger),
      bobHere: {
        ...bob,
        identity: { issuer, subject: String(identityClaims.sub), name: 'bob', email: 'bob@example.org' },
      },
    };
  }

  introspect(rpt: string): Promise<Answer> {
    return this.protocol.introspect({
      basic: this.rs1,
      form: { token: rpt, token_type_hint: 'requesting_party_token' },
    });
  }

  /** The realm stays, for whoever wants to look at it. */
  async close(): Promise<void> {
    // Nothing was begun.
  }

  private async signIn(client: Client, account: Account, token: 'access_token' | 'id_token'): Promise<string> {
    const form = { grant_type: 'password', scope: 'openid profile email', ...account };
    return tokenOf(await this.protocol.token({ basic: client, form }), token);
  }
}
