import { Injectable } from '@nestjs/common';

import { isSecureUrl } from '../../uma/protocol/discovery.js';
import { type Account, Accounts } from '../oidc/accounts/accounts.js';
import type { Person } from '../policy/person.js';
import { UmaOptions } from '../uma/uma-options.js';
import { ShareRefusal } from './share-refusal.js';

/** How an owner names a person: by issuer and subject, or by the name with which they sign in here. */
export interface NamedPerson {
  readonly issuer?: string | undefined;
  readonly subject?: string | undefined;
  readonly username?: string | undefined;
}

/** Finds out who is meant by what an owner wrote, and how a person is called. */
@Injectable()
export class People {
  constructor(
    private readonly accounts: Accounts,
    private readonly options: UmaOptions,
  ) {}

  /**
   * Someone of this authorization server must have an account; whom another issuer knows cannot be told from here.
   *
   * @throws ShareRefusal when nobody is named, or somebody in two ways, or a person who is not here, or by something that
   * cannot be an issuer
   */
  async find({ issuer, subject, username }: NamedPerson): Promise<Person> {
    if (username !== undefined && issuer === undefined && subject === undefined) {
      return this.known(await this.accounts.findByUsername(username));
    }
    if (issuer === undefined || subject === undefined || username !== undefined) {
      throw new ShareRefusal('grantee', 'A person is named by issuer and subject, or by username.');
    }
    if (issuer === this.options.issuer) return this.known(await this.accounts.find(subject));
    if (!isSecureUrl(issuer)) throw new ShareRefusal('grantee', 'An issuer is an https URL.');
    return { issuer, subject };
  }

  /** How a person is called: by the name of their account here, or by how their issuer calls them. */
  async nameOf({ issuer, subject }: Person): Promise<string> {
    const account = issuer === this.options.issuer ? await this.accounts.find(subject) : undefined;
    return account?.name ?? `${subject} (${issuer})`;
  }

  private known(account: Account | undefined): Person {
    if (account === undefined) throw new ShareRefusal('grantee', 'There is nobody of that name here.');
    return { issuer: this.options.issuer, subject: account.id };
  }
}
