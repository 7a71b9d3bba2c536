import { Injectable } from '@nestjs/common';

import type { Account } from '../oidc/accounts/accounts.js';
import { AdminOptions } from './admin-options.js';

/** Knows who may administer this server. */
@Injectable()
export class Administrators {
  private readonly usernames: ReadonlySet<string>;

  constructor({ administrators }: AdminOptions) {
    this.usernames = new Set(administrators.map((username) => username.normalize('NFKC').toLowerCase()));
  }

  include({ username, suspended }: Account): boolean {
    return !suspended && this.usernames.has(username);
  }
}
