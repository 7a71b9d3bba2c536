import { UMA_TICKET_GRANT_TYPE } from '../../src/uma/protocol/constants.js';
import { KeycloakAdmin } from '../../test/conformance/drivers/keycloak-admin.js';
import { type KeycloakRealm, makeRealm } from '../../test/conformance/drivers/keycloak-realm.js';
import type { Account } from '../../test/conformance/world/client.js';
import type { Meter } from '../measure/meter.js';
import { processTreeMeter } from '../measure/process-tree.meter.js';
import { bearer, FORM, formBody, JSON_BODY, type Operation, type Step } from '../measure/operation.js';
import { StartedProcess, typescript } from '../measure/started-process.js';
import { setUp, text } from './http.js';
import { SCOPE } from './shared-resource.js';
import { rowsOf } from './uma-operations.js';

/** A real Keycloak as it comes, with a resource of Alice's that Bob may read. */
export interface Keycloak {
  /** Of the realm. */
  readonly issuer: string;
  readonly process: StartedProcess;
  readonly meter: Meter;
  readonly resourceId: string;
  readonly pat: string;
  /** Signs Bob in at the client. @returns his access token */
  readonly signBobIn: () => Promise<string>;
}

const REALM = 'benchmark';

/** Starts Keycloak, which is there, and sets its realm up. @param repository its folder */
export async function startKeycloak(repository: string, folder: string, core: number | undefined): Promise<Keycloak> {
  const words = typescript(new URL('./keycloak.process.ts', import.meta.url));
  const process = await StartedProcess.start({ name: 'keycloak', words, folder, workingFolder: repository, core });
  try {
    return await share(process);
  } catch (error) {
    await process.stop();
    throw error;
  }
}

async function share(process: StartedProcess): Promise<Keycloak> {
  const { base, admin: account } = process.told as unknown as { base: string; admin: Account };
  const admin = new KeycloakAdmin(base, account);
  await admin.signIn();
  const { clients, accounts } = await makeRealm(admin, REALM);
  const issuer = `${base}/realms/${REALM}`;
  const signIn = (client: KeycloakRealm['clients']['c1'], person: Account) => accessToken(issuer, client, person);
  const pat = await signIn(clients.rs1, accounts.alice);
  const protection = `${issuer}/authz/protection`;
  const description = { name: 'Heart rate', resource_scopes: [SCOPE], ownerManagedAccess: true };
  const resourceId = text(await setUp('POST', `${protection}/resource_set`, { bearer: pat, json: description }), '_id');
  const policy = { name: 'Bob may read', users: [accounts.bob.username], scopes: [SCOPE] };
  await setUp('POST', `${protection}/uma-policy/${resourceId}`, { bearer: pat, json: policy });
  const meter = processTreeMeter(process.pid);
  return { issuer, process, meter, resourceId, pat, signBobIn: () => signIn(clients.c1, accounts.bob) };
}

async function accessToken(issuer: string, basic: { id: string; secret: string }, account: Account): Promise<string> {
  const form = { grant_type: 'password', scope: 'openid', ...account };
  return text(await setUp('POST', `${issuer}/protocol/openid-connect/token`, { basic, form }), 'access_token');
}

/**
 * At Keycloak: a ticket, and a requesting party token for it. Keycloak knows the requesting party by the access token that
 * comes with the token request.
 */
export async function grantAtKeycloak({ issuer, pat, resourceId, signBobIn }: Keycloak): Promise<Operation> {
  const { origin, pathname } = new URL(issuer);
  const askForTicket: Step = {
    method: 'POST',
    path: `${pathname}/authz/protection/permission`,
    headers: { ...bearer(pat), ...JSON_BODY },
    body: JSON.stringify([{ resource_id: resourceId, resource_scopes: [SCOPE] }]),
    status: 201,
    keep: ['ticket'],
  };
  const redeemTicket: Step = {
    method: 'POST',
    path: `${pathname}/protocol/openid-connect/token`,
    headers: { ...bearer('{access_token}'), ...FORM },
    body: formBody({ grant_type: UMA_TICKET_GRANT_TYPE, ticket: '{ticket}' }),
    status: 200,
  };
  const rows = await rowsOf(async () => ({ access_token: await signBobIn() }));
  return { origin, rows, steps: [askForTicket, redeemTicket] };
}
