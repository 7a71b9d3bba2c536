import type { LoginSession } from '../auth/index.js';

/** Who is signed in: a subject, and the issuer that vouches for it. A subject alone names nobody. */
export type Person = LoginSession['person'];
