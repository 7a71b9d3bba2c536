import { join } from 'node:path';

import { clientProcess } from './apps/client.process.js';
import { runProcess } from './bootstrap/run-process.js';

await runProcess(clientProcess(join(import.meta.dirname, 'web', 'client')));
