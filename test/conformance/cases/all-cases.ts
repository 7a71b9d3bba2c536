import { authorizationServerCases, trafficCases } from './authorization-server/index.js';
import { clientCases } from './client/index.js';
import { resourceServerCases } from './resource-server/index.js';

/** Every case of the suite, of all three parties, in order. */
export const allCases = [...trafficCases, ...authorizationServerCases, ...resourceServerCases, ...clientCases].map(
  ({ id, level, title, clauses }) => ({ id, level, title, clauses }),
);
