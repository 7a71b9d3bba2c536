import { Injectable } from '@nestjs/common';
import { isEmail } from 'class-validator';

import { isSecureUrl } from '../../uma/protocol/discovery.js';
import { isOwnClaim, normalizedEmail, type RequiredClaim } from '../policy/claims.js';
import type { Grantee } from '../policy/share.js';
import { UmaOptions } from '../uma/uma-options.js';
import { type NamedPerson, People } from './people.js';
import { ShareRefusal } from './share-refusal.js';

/** How an owner names those to share with, in one of several ways. */
export interface NamedGrantee extends NamedPerson {
  readonly email?: string;
  readonly claims?: readonly RequiredClaim[];
}

/** Finds out with whom an owner wants to share, and how those are called. */
@Injectable()
export class Grantees {
  constructor(
    private readonly people: People,
    private readonly options: UmaOptions,
  ) {}

  /**
   * @throws ShareRefusal when nobody is named, or somebody in two ways, or as {@link People.find} does
   */
  async resolve({ issuer, subject, username, email, claims }: NamedGrantee): Promise<Grantee> {
    const ways = [issuer ?? subject ?? username, email, claims].filter((way) => way !== undefined);
    if (ways.length !== 1) {
      throw new ShareRefusal('grantee', 'A grantee is a person, an e-mail address or a list of claims.');
    }
    if (email !== undefined) return { kind: 'email', email: normalizedEmail(email) };
    if (claims === undefined) return { kind: 'person', person: await this.people.find({ issuer, subject, username }) };
    if (!claims.every((claim) => isSecureUrl(claim.issuer))) {
      throw new ShareRefusal('grantee', 'An issuer is an https URL.');
    }
    if (claims.some(({ name, issuer: one }) => one === this.options.issuer && !isOwnClaim(name))) {
      throw new ShareRefusal('grantee', 'This server cannot say that of anybody.');
    }
    return {
      kind: 'claims',
      claims: claims.map((claim) => ({ name: claim.name, value: claim.value, issuer: claim.issuer })),
    };
  }

  /**
   * Takes what an owner wrote into one field: an e-mail address, or the name of someone who has an account here.
   *
   * @throws ShareRefusal for neither
   */
  resolveText(text: string): Promise<Grantee> {
    const written = text.trim();
    if (!written.includes('@')) return this.resolve({ username: written });
    if (!isEmail(written)) throw new ShareRefusal('grantee', 'That is no e-mail address.');
    return this.resolve({ email: written });
  }

  /** The grantee as the owner knows them. */
  async nameOf(grantee: Grantee): Promise<string> {
    switch (grantee.kind) {
      case 'person':
        return this.people.nameOf(grantee.person);
      case 'email':
        return grantee.email;
      case 'claims':
        return grantee.claims.map(({ name, value }) => `${name} is ${value}`).join(', ');
    }
  }
}
