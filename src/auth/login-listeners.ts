import { Injectable, Logger } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';

import type { ResourceOwner } from '../uma/protection-api/resource-owner.js';
import { LoginListener } from './login-listener.js';
import type { SignIn } from './openid-provider.js';

/** Tells whoever listens that somebody has signed in or out. What fails there is logged, and stops nothing here. */
@Injectable()
export class LoginListeners {
  private readonly logger = new Logger(LoginListeners.name);

  constructor(private readonly moduleRef: ModuleRef) {}

  signedIn({ person, name }: SignIn): Promise<void> {
    return this.tell('sign-in', (listener) => listener.signedIn?.(person, name));
  }

  signedOut(person: ResourceOwner): Promise<void> {
    return this.tell('sign-out', (listener) => listener.signedOut?.(person));
  }

  private async tell(
    what: 'sign-in' | 'sign-out',
    call: (listener: LoginListener) => Promise<void> | undefined,
  ): Promise<void> {
    try {
      for (const listener of this.listeners()) await call(listener);
    } catch (error) {
      this.logger.error(`What follows a ${what} failed.`, error instanceof Error ? error.stack : undefined);
    }
  }

  /** Found when it is needed: the room that listens uses the PATs of this one, so neither can import the other. */
  private listeners(): readonly LoginListener[] {
    return this.moduleRef.get<LoginListener>(LoginListener, { strict: false, each: true });
  }
}
