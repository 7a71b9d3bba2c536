import type { ApiDescription } from '../bootstrap/api-description.js';
import { SESSION_COOKIE } from './client.module.js';
import { SESSION_GUARDS, sessionSchemes } from './session-api.js';

/** The client server's API. @param server its address */
export function clientApi(server: string): ApiDescription {
  return {
    title: 'Pulsegate client server',
    server,
    securitySchemes: sessionSchemes(SESSION_COOKIE, 'A requesting party who signed in at `/login`.'),
    guards: SESSION_GUARDS,
  };
}
