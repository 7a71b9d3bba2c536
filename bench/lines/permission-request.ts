import { startAuthorizationServer } from '../contestants/authorization-server.js';
import { barePermission } from '../contestants/bare-permission.js';
import { shareResource } from '../contestants/shared-resource.js';
import { permissionRequest } from '../contestants/uma-operations.js';
import type { Line } from '../line.js';
import { compareRates } from './compare-rates.js';

const NAME = 'permission-request';
const GOAL = '>=0.5';

/** Our permission endpoint, against a bare Fastify route that stores the same ticket and checks nothing. */
export const permissionRequestLine: Line = {
  name: NAME,
  about: 'permission request, against a bare route with the same database statement',
  goals: { [NAME]: GOAL },
  async measure(run) {
    const server = await startAuthorizationServer(run);
    const operation = permissionRequest(server, await shareResource(server));
    const ours = { name: 'ours', operation, meter: server.process.meter };
    return [await compareRates(run, { name: NAME, goal: GOAL, unit: 'tickets/s' }, ours, await barePermission(run))];
  },
};
