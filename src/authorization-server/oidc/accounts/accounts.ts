import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { sql } from 'kysely';

import { Clock } from '../../../common/clock.js';
import { randomId } from '../../../common/randomness.js';
import type { AccountTable, OidcTables } from '../../../database/authorization-server/oidc.js';
import { Database } from '../../../database/database.js';
import { type AccountSeed, OIDC_OPTIONS, type OidcOptions } from '../oidc.options.js';
import { hashPassword, isPassword } from './password-hash.js';

const MOST_FOUND = 100;

/** A person who has an account here. */
export interface Account {
  /** The `sub` of the person's ID tokens; it never changes. */
  readonly id: string;
  readonly username: string;
  readonly name: string;
  readonly email: string;
  readonly emailVerified: boolean;
  /** Whether the person may neither sign in, share nor be given anything. */
  readonly suspended: boolean;
}

/** The people of this authorization server. */
@Injectable()
export class Accounts implements OnModuleInit {
  private unknownPerson: Promise<string> | undefined;

  constructor(
    private readonly database: Database<OidcTables>,
    private readonly clock: Clock,
    @Inject(OIDC_OPTIONS) private readonly options: OidcOptions,
  ) {}

  async onModuleInit(): Promise<void> {
    for (const seed of this.options.accounts) await this.createOnce(seed);
  }

  async find(id: string): Promise<Account | undefined> {
    const row = await this.people().where('id', '=', id).executeTakeFirst();
    return row && accountOf(row);
  }

  /** @param username in upper or lower case */
  async findByUsername(username: string): Promise<Account | undefined> {
    const row = await this.people().where('username', '=', normalized(username)).executeTakeFirst();
    return row && accountOf(row);
  }

  /** People whose user name, name or e-mail address has a text in it, by user name. */
  async search(text: string): Promise<readonly Account[]> {
    const pattern = `%${text.toLowerCase().replace(/[\\%_]/g, '\\$&')}%`;
    const rows = await this.people()
      .where((account) =>
        account.or(
          (['username', 'name', 'email'] as const).map(
            (column) => sql<boolean>`lower(${account.ref(column)}) like ${pattern} escape '\\'`,
          ),
        ),
      )
      .orderBy('username')
      .limit(MOST_FOUND)
      .execute();
    return rows.map(accountOf);
  }

  /**
   * The person whose user name and password these are. It takes as long for a person who does not exist as for a wrong
   * password, so that nobody learns from it who has an account.
   */
  async authenticate(username: string, password: string): Promise<Account | undefined> {
    const row = await this.people().where('username', '=', normalized(username)).executeTakeFirst();
    const matches = await isPassword(password, row?.password ?? (await this.hashOfNobody()));
    return row !== undefined && matches ? accountOf(row) : undefined;
  }

  private people() {
    return this.database.kysely.selectFrom('account').selectAll();
  }

  private hashOfNobody(): Promise<string> {
    return (this.unknownPerson ??= this.hash(randomId()));
  }

  private hash(password: string): Promise<string> {
    return hashPassword(password, this.options.passwordRounds);
  }

  private async createOnce({ username, password, name, email, sub = randomId() }: AccountSeed): Promise<void> {
    if ((await this.findByUsername(username)) !== undefined) return;
    await this.database.kysely
      .insertInto('account')
      .values({
        id: sub,
        username: normalized(username),
        password: await this.hash(password.reveal()),
        name,
        email,
        email_verified: 1,
        created_ms: this.clock.nowMs(),
      })
      // Another instance that starts at the same moment may have been faster.
      .onConflict((conflict) => conflict.column('username').doNothing())
      .execute();
  }
}

function normalized(username: string): string {
  return username.normalize('NFKC').trim().toLowerCase();
}

function accountOf({ id, username, name, email, email_verified, suspended_ms }: AccountTable): Account {
  return { id, username, name, email, emailVerified: email_verified === 1, suspended: suspended_ms !== null };
}
