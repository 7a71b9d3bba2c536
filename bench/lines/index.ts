import type { Line } from '../line.js';
import { clientCredentialsLine } from './client-credentials.js';
import { fanOut } from './fan-out.js';
import { buckets } from './buckets.js';
import { firstRead } from './first-read.js';
import { flood } from './flood.js';
import { growth } from './growth.js';
import { guardedRead } from './guarded-read.js';
import { ingest } from './ingest.js';
import { ingestDurable } from './ingest-durable.js';
import { introspectionLine } from './introspection.js';
import { permissionRequestLine } from './permission-request.js';
import { socketMemory } from './socket-memory.js';
import { umaGrant } from './uma-grant.js';
import { withdrawal } from './withdrawal.js';

/** Everything that is measured. */
export const LINES: readonly Line[] = [
  guardedRead,
  firstRead,
  ingest,
  ingestDurable,
  flood,
  fanOut,
  socketMemory,
  buckets,
  umaGrant,
  clientCredentialsLine,
  introspectionLine,
  permissionRequestLine,
  withdrawal,
  growth,
];
