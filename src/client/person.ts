import type { LoginSession } from '../auth/index.js';

/** Who is signed in: a subject, and the issuer that vouches for it. A subject alone names nobody. */
export type Person = LoginSession['person'];

/** Somebody for whom servers are asked, and the session in which they wanted that; it may have ended. */
export type Asker = Pick<LoginSession, 'id' | 'person'>;
