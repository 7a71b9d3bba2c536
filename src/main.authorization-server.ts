import { authorizationServerProcess } from './apps/authorization-server.process.js';
import { runProcess } from './bootstrap/run-process.js';

await runProcess(authorizationServerProcess);
