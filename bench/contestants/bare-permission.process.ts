// The floor of a permission request: a bare Fastify route that stores a ticket by the same statement, as durably.
import { join } from 'node:path';

import fastify from 'fastify';
import Libsql from 'libsql';

import { digest } from '../../src/common/digest.js';
import { randomHandle, randomId } from '../../src/common/randomness.js';
import { umaMigrations, type UmaTables } from '../../src/database/authorization-server/uma.js';
import { openDatabase } from '../../src/database/database.js';
import { migrateToLatest } from '../../src/database/migrate.js';

const LIFETIME_MS = 300_000;

const file = join(process.cwd(), 'bare-permission.sqlite');
// Makes the same tables; what serves is the driver alone.
const database = await openDatabase<UmaTables>({ file, schema: 'authorization_server' });
await migrateToLatest(database, umaMigrations);
await database.close();

const connection = new Libsql(file);
connection.exec('pragma synchronous = full; pragma foreign_keys = on');
const insert = connection.prepare(`insert into uma_ticket
  (handle_digest, process_id, owner_id, resource_server, resource_identifier, permissions, ticket_lifetime_seconds,
   rpt_lifetime_seconds, rpt_format, requires_resource, issued_ms, expires_ms)
  values (?, ?, 'owner', 'resource-server', null, ?, 300, 900, 'opaque', 0, ?, ?)`);

const app = fastify();
app.post('/permission', (request, reply) => {
  const [ticket, now] = [randomHandle(), Date.now()];
  insert.run(digest(ticket), randomId(), JSON.stringify([request.body]), now, now + LIFETIME_MS);
  return reply.code(201).send({ ticket });
});
const origin = await app.listen({ host: '127.0.0.1', port: 0 });
process.send?.({ type: 'listening', origin });
process.once('SIGTERM', () => process.exit());
