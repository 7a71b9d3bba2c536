import type { ResourceOwner } from '../uma/protection-api/resource-owner.js';

/** Is told when somebody has signed in or out. Every provider of the application that has this token is called. */
export abstract class LoginListener {
  /** A failure is logged; the person is signed in all the same. */
  signedIn?(person: ResourceOwner, name?: string): Promise<void>;

  /** Called when somebody has signed out, and is signed in with no other browser. A failure is logged. */
  signedOut?(person: ResourceOwner): Promise<void>;
}

/** Listens where no room does: a process without listeners is nothing out of the ordinary. */
export class NoListener extends LoginListener {}
