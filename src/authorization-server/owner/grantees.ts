import { Injectable } from '@nestjs/common';

import { isSecureUrl } from '../../uma/protocol/discovery.js';
import { type Account, Accounts } from '../oidc/accounts/accounts.js';
import type { Person } from '../policy/person.js';
import type { Grantee } from '../policy/share.js';
import { UmaOptions } from '../uma/uma-options.js';
import { ShareRefusal } from './share-refusal.js';

/** How an owner names the person to share with. */
export interface NamedGrantee {
  readonly issuer?: string;
  readonly subject?: string;
  readonly username?: string;
}

/** Finds out who is meant by what an owner wrote, and how a person is called. */
@Injectable()
export class Grantees {
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
  async resolve({ issuer, subject, username }: NamedGrantee): Promise<Grantee> {
    if (username !== undefined && issuer === undefined && subject === undefined) {
      return this.known(await this.accounts.findByUsername(username));
    }
    if (issuer === undefined || subject === undefined || username !== undefined) {
      throw new ShareRefusal('grantee', 'A grantee is named by issuer and subject, or by username.');
    }
    if (issuer === this.options.issuer) return this.known(await this.accounts.find(subject));
    if (!isSecureUrl(issuer)) throw new ShareRefusal('grantee', 'An issuer is an https URL.');
    return { kind: 'person', person: { issuer, subject } };
  }

  /** The grantee as the owner knows them. */
  async nameOf(grantee: Grantee): Promise<string> {
    switch (grantee.kind) {
      case 'person':
        return this.personName(grantee.person);
      case 'email':
        return grantee.email;
      case 'claims':
        return grantee.claims.map(({ name, value }) => `${name} is ${value}`).join(', ');
    }
  }

  /** By name, or by how their issuer calls them. */
  private async personName({ issuer, subject }: Person): Promise<string> {
    const account = issuer === this.options.issuer ? await this.accounts.find(subject) : undefined;
    return account?.name ?? `${subject} (${issuer})`;
  }

  private known(account: Account | undefined): Grantee {
    if (account === undefined) throw new ShareRefusal('grantee', 'There is nobody of that name here.');
    return { kind: 'person', person: { issuer: this.options.issuer, subject: account.id } };
  }
}
