import { Inject, Injectable } from '@nestjs/common';

import { AUTH_OPTIONS, type AuthOptions, nameOf } from '../../auth/auth.options.js';
import { digest } from '../../common/digest.js';
import type { PairingTable } from '../../database/resource-server/pairings.js';
import type { ResourceOwner } from '../../uma/protection-api/resource-owner.js';
import { OwnerAccess } from '../owner-access.js';
import { PairingStore } from './pairing-store.js';
import { readUserCode } from './user-code.js';
import { WrongCodes } from './wrong-codes.js';

/**
 * What a typed code is: that of a sensor which waits, of one that this person has let in (the page was loaded anew), or what
 * is wrong with it and what to do now, in people's words.
 */
export type TypedCode =
  | { readonly kind: 'sensor'; readonly id: string; readonly name: string; readonly userCode: string }
  | { readonly kind: 'connected'; readonly name: string }
  | { readonly kind: 'problem'; readonly status: 400 | 429; readonly problem: string };

const TOO_OLD = 'This code is too old. Let your sensor show a new one, and type that.';
/** What somebody is told whose code was used meanwhile. */
export const CODE_USED = 'This code was used already. Let your sensor show a new one, and type that.';
const UNKNOWN =
  'This code is not known here. Look at your sensor and type it once more. If it shows another address with the code, ' +
  'type the code there.';
const TOO_MANY = 'Too many codes were wrong. Wait ten minutes, then try again.';

/** The codes that owners type here, because their authorization servers let this one have no devices. */
@Injectable()
export class TypedCodes {
  constructor(
    private readonly store: PairingStore,
    private readonly wrongCodes: WrongCodes,
    private readonly access: OwnerAccess,
    @Inject(AUTH_OPTIONS) private readonly options: AuthOptions,
  ) {}

  /** Looks for the sensor that shows a code. */
  async find(person: ResourceOwner, typed: string): Promise<TypedCode> {
    const userCode = readUserCode(typed);
    if (userCode === '') return problem('Type the code first.');
    if (!this.wrongCodes.count(person)) return { kind: 'problem', status: 429, problem: TOO_MANY };
    const pairing = await this.store.findByUserCode(digest(userCode));
    if (pairing === undefined) return problem(UNKNOWN);
    this.wrongCodes.takeBack(person);
    if (await this.isIn(person, pairing)) return { kind: 'connected', name: pairing.name };
    const fault = this.faultOf(pairing, person);
    return fault === undefined ? { kind: 'sensor', id: pairing.id, name: pairing.name, userCode } : problem(fault);
  }

  /** Lets the sensor into the owner's heart rate. @returns false when it waits no more */
  async letIn(person: ResourceOwner, id: string): Promise<boolean> {
    const resource = await this.access.ensureResource(person);
    return this.store.settle(id, resource.id);
  }

  /** Sends the sensor away. */
  async sendAway(id: string): Promise<void> {
    await this.store.settle(id, undefined);
  }

  private async isIn(person: ResourceOwner, { resource_id: resourceId }: PairingTable): Promise<boolean> {
    return resourceId !== null && resourceId === (await this.access.ownResource(person))?.id;
  }

  private faultOf(pairing: PairingTable, { issuer }: ResourceOwner): string | undefined {
    if (this.store.isOver(pairing)) return TOO_OLD;
    if (pairing.state !== 'waiting') return CODE_USED;
    if (pairing.issuer === issuer) return undefined;
    const server = this.options.servers.find((one) => one.issuer === pairing.issuer);
    return `This code is for people who sign in at ${nameOf(server ?? pairing)}. Sign out, and sign in there.`;
  }
}

const problem = (text: string): TypedCode => ({ kind: 'problem', status: 400, problem: text });
