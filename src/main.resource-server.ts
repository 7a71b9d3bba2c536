import { resourceServerProcess } from './apps/resource-server.process.js';
import { runProcess } from './bootstrap/run-process.js';

await runProcess(resourceServerProcess);
