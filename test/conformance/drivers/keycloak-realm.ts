import { randomBytes } from 'node:crypto';

import { CLIENT_CALLBACK, type Account, type Client, RESOURCE_SERVER_CALLBACK } from '../world/client.js';
import type { KeycloakAdmin } from './keycloak-admin.js';

const TOKEN_SECONDS = 1800;

/** What the suite made in a realm. */
export interface KeycloakRealm {
  readonly clients: Readonly<Record<'rs1' | 'rs2' | 'c1' | 'c2', Client>>;
  readonly accounts: Readonly<Record<'alice' | 'bob' | 'carol', Account>>;
}

/** Makes a realm anew, with the people and clients of the fixtures; owners may use the protection API. */
export async function makeRealm(admin: KeycloakAdmin, realm: string): Promise<KeycloakRealm> {
  const [rs1, rs2, c1, c2] = ['rs1', 'rs2', 'c1', 'c2'].map(newClient);
  const [alice, bob, carol] = ['alice', 'bob', 'carol'].map((username) => ({ username, password: secret() }));
  if (!rs1 || !rs2 || !c1 || !c2 || !alice || !bob || !carol) throw new Error('Nothing was made.');
  await admin.call('DELETE', `/realms/${realm}`);
  await admin.call('POST', '/realms', {
    realm,
    enabled: true,
    userManagedAccessAllowed: true,
    accessTokenLifespan: TOKEN_SECONDS,
    clients: [...[rs1, rs2].map(resourceServer), ...[c1, c2].map(application)],
    users: [alice, bob, carol].map(person),
  });
  await letOwnersRegister(admin, realm, [alice, carol], [rs1, rs2]);
  return { clients: { rs1, rs2, c1, c2 }, accounts: { alice, bob, carol } };
}

const secret = (): string => randomBytes(24).toString('base64url');

const newClient = (id: string): Client => ({ id, secret: secret() });

function resourceServer(client: Client): object {
  return {
    ...confidential(client),
    redirectUris: [RESOURCE_SERVER_CALLBACK],
    serviceAccountsEnabled: true,
    authorizationServicesEnabled: true,
    authorizationSettings: { allowRemoteResourceManagement: true, policyEnforcementMode: 'ENFORCING' },
  };
}

const application = (client: Client): object => ({ ...confidential(client), redirectUris: [CLIENT_CALLBACK] });

function confidential({ id, secret }: Client): object {
  return { clientId: id, secret, publicClient: false, directAccessGrantsEnabled: true, standardFlowEnabled: true };
}

function person({ username, password }: Account): object {
  return {
    username,
    enabled: true,
    email: `${username}@example.org`,
    emailVerified: true,
    firstName: username,
    lastName: 'Example',
    credentials: [{ type: 'password', value: password, temporary: false }],
  };
}

/** An owner's own token is a PAT only with the client role `uma_protection`. */
async function letOwnersRegister(
  admin: KeycloakAdmin,
  realm: string,
  owners: readonly Account[],
  resourceServers: readonly Client[],
): Promise<void> {
  const users = await admin.idsBy(`/realms/${realm}/users`, 'username');
  const clients = await admin.idsBy(`/realms/${realm}/clients`, 'clientId');
  for (const { id } of resourceServers) {
    const client = clients.get(id) ?? '';
    const { json: role } = await admin.call('GET', `/realms/${realm}/clients/${client}/roles/uma_protection`);
    for (const { username } of owners) {
      const user = users.get(username) ?? '';
      await admin.call('POST', `/realms/${realm}/users/${user}/role-mappings/clients/${client}`, [role]);
    }
  }
}
