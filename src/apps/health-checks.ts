import { request } from 'undici';

import type { HealthCheck } from '../bootstrap/health-check.js';
import type { DemoProgress } from '../bootstrap/run-process.js';
import type { Database } from '../database/database.js';

const PATIENCE_MS = 3000;

/** Whether the database answers. */
export function databaseCheck(database: Database<unknown>): HealthCheck {
  return { name: 'database', check: () => database.ping() };
}

/** Whether the authorization server's metadata can be had: without it nobody signs in and nothing is decided. */
export function authorizationServerCheck(issuer: string): HealthCheck {
  return {
    name: 'authorization server',
    async check() {
      // An issuer may end in a slash: OpenID Connect Discovery section 4.1.
      const { statusCode, body } = await request(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`, {
        signal: AbortSignal.timeout(PATIENCE_MS),
      });
      await body.dump();
      if (statusCode !== 200) throw new Error(`Its metadata is answered with ${statusCode}.`);
    },
  };
}

/** Whether the demo world is complete; nothing to check outside of it. */
export function demoChecks(isDemo: boolean, demo: DemoProgress): readonly HealthCheck[] {
  if (!isDemo) return [];
  return [
    {
      name: 'demo world',
      check: () => (demo.isSeeded() ? Promise.resolve() : Promise.reject(new Error('It is not complete yet.'))),
    },
  ];
}
