import type { ResourceOwner } from '../uma/protection-api/resource-owner.js';

/** Is told when somebody has signed in. Whichever provider of the application has this token is called. */
export abstract class LoginListener {
  /** A failure is logged; the person is signed in all the same. */
  abstract signedIn(person: ResourceOwner, name?: string): Promise<void>;
}
