import type { ResourceOwner } from '../uma/protection-api/resource-owner.js';

/** Is told when somebody has signed in. Every provider of the application that has this token is called. */
export abstract class LoginListener {
  /** A failure is logged; the person is signed in all the same. */
  abstract signedIn(person: ResourceOwner, name?: string): Promise<void>;
}

/** Listens where no room does: a process without listeners is nothing out of the ordinary. */
export class NoListener extends LoginListener {
  override signedIn(): Promise<void> {
    return Promise.resolve();
  }
}
