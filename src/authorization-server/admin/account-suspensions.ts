import { Injectable } from '@nestjs/common';
import type { Transaction } from 'kysely';

import { Clock } from '../../common/clock.js';
import type { OidcTables } from '../../database/authorization-server/oidc.js';
import type { UmaTables } from '../../database/authorization-server/uma.js';
import { Database } from '../../database/database.js';
import { onTables } from '../../database/other-tables.js';
import { UmaError } from '../../uma/protocol/uma-error.js';
import { type Account, Accounts } from '../oidc/accounts/accounts.js';
import { resumeAccount, suspendAccount } from '../oidc/accounts/account-suspension.js';
import { changeAdministration } from '../policy/administration-lock.js';
import { deleteOpenTickets } from '../uma/open-tickets.js';
import { TokenRevocation } from '../uma/token-revocation.js';
import { AdminOptions } from './admin-options.js';

/**
 * Suspends accounts. Who is suspended can neither sign in nor be given anything, and nothing of theirs is given; what
 * they have, and what others have of theirs, is revoked in the same transaction.
 *
 * @see UMA 2.0 Grant section 6.1
 */
@Injectable()
export class AccountSuspensions {
  constructor(
    private readonly database: Database<UmaTables>,
    private readonly clock: Clock,
    private readonly accounts: Accounts,
    private readonly revocation: TokenRevocation,
    private readonly options: AdminOptions,
  ) {}

  /**
   * @param by the administrator
   * @throws UmaError `not_found` when there is no such account, `conflict` when it is the administrator's own
   */
  async suspend(username: string, by: Account): Promise<void> {
    const { id } = await this.known(username);
    if (id === by.id) throw new UmaError('conflict', 'Nobody suspends themselves: another administrator can.');
    await this.change(async (within) => {
      await suspendAccount(onTables<OidcTables>(within), id, this.clock.nowMs());
      await this.revocation.ofOwner(within, id);
      await this.revocation.ofPerson(within, { issuer: this.options.issuer, subject: id });
      await deleteOpenTickets(within, this.database.dialect, (ticket) => ticket('owner_id', '=', id));
    });
  }

  /** Ends a suspension; what was revoked stays so. @throws UmaError `not_found` */
  async resume(username: string): Promise<void> {
    const { id } = await this.known(username);
    await this.change((within) => resumeAccount(onTables<OidcTables>(within), id, this.clock.nowMs()));
  }

  private async known(username: string): Promise<Account> {
    const account = await this.accounts.findByUsername(username);
    if (account === undefined) throw new UmaError('not_found', 'There is no such account.');
    return account;
  }

  private change(work: (within: Transaction<UmaTables>) => Promise<void>): Promise<void> {
    return this.database.transaction(async (within) => {
      await changeAdministration(within, this.database.dialect);
      await work(within);
    });
  }
}
