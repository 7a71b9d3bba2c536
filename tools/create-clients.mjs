// Makes the two clients that this project is at an authorization server of another product, and prints the settings that
// name them: `node tools/create-clients.mjs --preset keycloak --issuer URL --resource-server URL --client URL`. What it
// needs to be allowed stands in the environment: KEYCLOAK_ADMIN_PASSWORD for Keycloak, else REGISTRATION_TOKEN (RFC 7591).
import { randomBytes } from 'node:crypto';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    preset: { type: 'string', default: 'standard' },
    issuer: { type: 'string' },
    'resource-server': { type: 'string', default: 'http://localhost:4000' },
    client: { type: 'string', default: 'http://localhost:3000' },
    'callback-id': { type: 'string' },
  },
});

const DEVICE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code';
const UMA_GRANT = 'urn:ietf:params:oauth:grant-type:uma-ticket';
const makers = { keycloak: byKeycloak, gluu3: byRegistration, janssen: byRegistration, standard: byRegistration };

try {
  if (values.issuer === undefined) throw new Error('--issuer is needed.');
  const make = makers[values.preset];
  if (make === undefined) {
    throw new Error(`For ${values.preset} clients are made by hand; this knows ${Object.keys(makers).join(', ')}.`);
  }
  const [resourceServer, client] = await make(descriptions());
  const { issuer, preset, 'callback-id': id } = values;
  const further = { id, issuer, client_id: resourceServer.id, client_secret: resourceServer.secret, preset };
  const own = [`RS_CLIENT_ID=${resourceServer.id}`, `RS_CLIENT_SECRET=${resourceServer.secret}`];
  const lines =
    id === undefined
      ? [
          `AS_ISSUER=${issuer}`,
          `AS_PRESET=${preset}`,
          ...own,
          `CLIENT_ID=${client.id}`,
          `CLIENT_SECRET=${client.secret}`,
        ]
      : [`AUTHORIZATION_SERVERS='${JSON.stringify([further])}'`];
  process.stdout.write(`${lines.join('\n')}\n`);
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}

/** Both clients, as RFC 7591 has them; for one more server of the owners only the first is needed. */
function descriptions() {
  const { 'resource-server': resourceServer, client, 'callback-id': id } = values;
  const callback = `${resourceServer}/callback${id === undefined ? '' : `/${id}`}`;
  const both = [
    {
      client_name: 'Pulsegate resource server',
      resource: resourceServer,
      redirect_uris: [callback],
      post_logout_redirect_uris: [`${resourceServer}/`],
      grant_types: ['authorization_code', 'refresh_token', 'client_credentials', DEVICE_GRANT],
      // The last one lets the embedded server tell it of withdrawals.
      scope: `openid profile email offline_access uma_protection${values.preset === 'standard' ? ' ssf.manage' : ''}`,
    },
    {
      client_name: 'Pulsegate client',
      redirect_uris: [`${client}/callback`],
      claims_redirect_uris: [`${client}/claimCallback`],
      post_logout_redirect_uris: [`${client}/`],
      grant_types: ['authorization_code', 'refresh_token', UMA_GRANT],
      scope: 'openid profile email',
    },
  ].map((one) => ({ ...one, response_types: ['code'], token_endpoint_auth_method: 'client_secret_basic' }));
  return id === undefined ? both : both.slice(0, 1);
}

/** By dynamic registration, at the endpoint that the metadata name (RFC 7591). */
async function byRegistration(clients) {
  const { REGISTRATION_TOKEN: token } = process.env;
  const { registration_endpoint: endpoint, device_authorization_endpoint: devices } = await ask(
    `${withoutSlash(values.issuer)}/.well-known/openid-configuration`,
  );
  if (typeof endpoint !== 'string') throw new Error('The server registers no clients: its metadata name no endpoint.');
  const made = clients.map(async (client) => {
    const isKnown = (grant) => grant !== DEVICE_GRANT || devices !== undefined;
    const json = { ...client, grant_types: client.grant_types.filter(isKnown) };
    const { client_id: id, client_secret: secret } = await ask(endpoint, { json, token });
    if (typeof id !== 'string' || typeof secret !== 'string')
      throw new Error('The server gave no client with a secret.');
    return { id, secret };
  });
  return Promise.all(made);
}

/** By Keycloak's admin API: registration cannot switch on what a resource server needs there. */
async function byKeycloak(clients) {
  const [, base, realm] = /^(.+)\/realms\/([^/]+)$/.exec(values.issuer) ?? [];
  if (realm === undefined) throw new Error('A Keycloak issuer looks like https://keycloak.example/realms/heart.');
  const { KEYCLOAK_ADMIN_USER: username = 'admin', KEYCLOAK_ADMIN_PASSWORD: password } = process.env;
  if (password === undefined) throw new Error('KEYCLOAK_ADMIN_PASSWORD is not set.');
  const form = { grant_type: 'password', client_id: 'admin-cli', username, password };
  const { access_token: token } = await ask(`${base}/realms/master/protocol/openid-connect/token`, { form });
  const admin = (path, json, method) => ask(`${base}/admin/realms/${realm}${path}`, { json, token, method });
  await admin('', { userManagedAccessAllowed: true }, 'PUT');
  const made = [];
  for (const [index, client] of clients.entries()) {
    const one = { id: ['resource-server', 'client-server'][index], secret: randomBytes(32).toString('base64url') };
    await admin('/clients', keycloakClient(one, client, index === 0));
    made.push(one);
  }
  await letOwnersRegister(admin, made[0].id);
  return made;
}

function keycloakClient({ id, secret }, client, isResourceServer) {
  return {
    clientId: id,
    name: client.client_name,
    secret,
    publicClient: false,
    standardFlowEnabled: true,
    redirectUris: client.redirect_uris,
    attributes: {
      'post.logout.redirect.uris': client.post_logout_redirect_uris.join('##'),
      'oauth2.device.authorization.grant.enabled': String(isResourceServer),
    },
    ...(isResourceServer && {
      // So that Keycloak asks owners whether this server may act for them while they are away.
      consentRequired: true,
      serviceAccountsEnabled: true,
      authorizationServicesEnabled: true,
      authorizationSettings: { allowRemoteResourceManagement: true, policyEnforcementMode: 'ENFORCING' },
    }),
  };
}

/** Everybody may own resources: an owner's token is a PAT only with the client role `uma_protection`. */
async function letOwnersRegister(admin, clientId) {
  const [{ id }] = await admin(`/clients?clientId=${encodeURIComponent(clientId)}`);
  const role = await admin(`/clients/${id}/roles/uma_protection`);
  const { defaultRole } = await admin('');
  await admin(`/roles-by-id/${defaultRole.id}/composites`, [role]);
}

/** @throws Error that repeats nothing of the answer but its status and error code */
async function ask(url, { json, form, token, method } = {}) {
  const body = form === undefined ? json && JSON.stringify(json) : new URLSearchParams(form);
  const headers = { accept: 'application/json' };
  if (token !== undefined) headers.authorization = `Bearer ${token}`;
  if (json !== undefined) headers['content-type'] = 'application/json';
  const asked = method ?? (body === undefined ? 'GET' : 'POST');
  const answer = await fetch(url, { method: asked, headers, body });
  const read = parsed(await answer.text());
  if (answer.ok) return read;
  const { origin, pathname } = new URL(url);
  throw new Error(`${asked} ${origin}${pathname} is answered with ${answer.status}${reasonOf(read)}.`);
}

/** Keycloak answers some calls with nothing. */
function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}

function reasonOf({ error, errorMessage }) {
  const reason = error ?? errorMessage ?? '';
  return /^[\w -]{1,60}$/.test(reason) ? ` (${reason})` : '';
}

function withoutSlash(address) {
  return address.replace(/\/$/, '');
}
