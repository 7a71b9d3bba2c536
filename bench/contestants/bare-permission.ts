import type { Run } from '../line.js';
import { JSON_BODY } from '../measure/operation.js';
import type { Contender } from '../measure/rounds.js';
import { StartedProcess, typescript } from '../measure/started-process.js';
import { SCOPE } from './shared-resource.js';
import { NO_VALUES } from './uma-operations.js';

/** A bare Fastify route that stores a permission ticket. */
export async function barePermission({ folder, cores, later }: Run): Promise<Contender> {
  const words = typescript(new URL('./bare-permission.process.ts', import.meta.url));
  const process = await StartedProcess.start({ name: 'bare-permission', words, folder, core: cores.server });
  later(() => process.stop());
  const step = {
    method: 'POST' as const,
    path: '/permission',
    headers: JSON_BODY,
    body: JSON.stringify({ resource_id: 'a-resource-of-the-benchmark', resource_scopes: [SCOPE] }),
    status: 201,
  };
  const operation = { origin: String(process.told['origin']), steps: [step], rows: NO_VALUES };
  return { name: 'bare Fastify', operation, meter: process.meter };
}
