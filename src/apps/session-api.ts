import { CsrfGuard } from '../auth/csrf.guard.js';
import { SignedInGuard } from '../auth/signed-in.guard.js';
import type { DescribedGuard, SecuritySchemes } from '../bootstrap/api-description.js';

/** The security schemes of a server where people sign in. @param cookie name of the one that holds a session */
export function sessionSchemes(cookie: string, signIn: string): SecuritySchemes {
  return {
    session: { type: 'apiKey', in: 'cookie', name: cookie, description: signIn },
    csrf: {
      type: 'apiKey',
      in: 'header',
      name: 'x-csrf-token',
      description: "The session's CSRF token, for every change. A form has it as its field `csrf_token` instead.",
    },
  };
}

/** What a call with a session has to bring along. @param changes whether it may change something */
export const sessionWay = (changes: boolean): readonly string[] => (changes ? ['session', 'csrf'] : ['session']);

/** The guards of `@SignedIn()`. */
export const SESSION_GUARDS: readonly DescribedGuard[] = [
  {
    guard: SignedInGuard,
    demandOf: () => ({
      ways: [['session']],
      refusals: { 401: 'Nobody is signed in: `login_required`. A browser is sent to sign in with 303 instead.' },
    }),
  },
  {
    guard: CsrfGuard,
    demandOf: (changes) =>
      changes
        ? { ways: [sessionWay(changes)], refusals: { 403: 'The CSRF token is missing or wrong: `access_denied`.' } }
        : undefined,
  },
];
