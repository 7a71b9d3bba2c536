// oidc-provider with its own introspection endpoint, on the database adapter and the configuration of our server.
import 'reflect-metadata';

import { createServer } from 'node:http';
import { join } from 'node:path';

import type { Configuration } from 'oidc-provider';

import { Accounts } from '../../src/authorization-server/oidc/accounts/accounts.js';
import { SharedSecrets } from '../../src/authorization-server/oidc/keys/shared-secrets.js';
import { SigningKeys } from '../../src/authorization-server/oidc/keys/signing-keys.js';
import type { OidcOptions } from '../../src/authorization-server/oidc/oidc.options.js';
import { Provider } from '../../src/authorization-server/oidc/oidc-provider.js';
import { providerConfiguration } from '../../src/authorization-server/oidc/provider/configuration.js';
import { SystemClock } from '../../src/common/clock.js';
import { Sealer } from '../../src/common/sealing.js';
import { Secret } from '../../src/common/secret.js';
import { oidcMigrations, type OidcTables } from '../../src/database/authorization-server/oidc.js';
import { openDatabase } from '../../src/database/database.js';
import { migrateToLatest } from '../../src/database/migrate.js';
import { freePort } from '../../tools/free-port.mjs';

const CLIENT = { id: 'resource-server', secret: 'secret-of-the-benchmark-resource-server' };

const port = await freePort();
const options: OidcOptions = {
  issuer: `http://127.0.0.1:${port}`,
  secretKey: new Secret('secret key of the benchmark, of no use to anybody'),
  clients: [
    {
      client_id: CLIENT.id,
      client_secret: new Secret(CLIENT.secret),
      grant_types: ['client_credentials'],
      redirect_uris: [],
      response_types: [],
      scope: 'read',
    },
  ],
  accounts: [],
  demoRoutes: false,
};

const file = join(process.cwd(), 'oidc-introspection.sqlite');
const database = await openDatabase<OidcTables>({ file, schema: 'authorization_server' });
await migrateToLatest(database, oidcMigrations);
const clock = new SystemClock();
const keys = await SigningKeys.load(new SharedSecrets(database, new Sealer(options.secretKey, 'oidc-keys'), clock));
const store = { database, clock, sealer: new Sealer(options.secretKey, 'oidc-payloads') };
const parts = { options, store, keys, accounts: new Accounts(database, clock, options) };
const { features, ...configuration } = providerConfiguration(parts);
const provider = new Provider(options.issuer, {
  ...configuration,
  features: { ...features, introspection: { enabled: true } } as NonNullable<Configuration['features']>,
});

const handle = provider.callback();
const server = createServer((request, response) => void handle(request, response));
server.listen(port, '127.0.0.1', () => process.send?.({ type: 'listening', origin: options.issuer, client: CLIENT }));
process.once('SIGTERM', () => process.exit());
