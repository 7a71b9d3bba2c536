import { Inject, Injectable } from '@nestjs/common';
import type { Transaction } from 'kysely';

import { digest } from '../../../common/digest.js';
import type { UmaTables } from '../../../database/authorization-server/uma.js';
import type { RegisteredClient } from '../../oidc/clients/registered-clients.js';
import type { ClaimRequirement } from '../../policy/claims.js';
import type { Evidence } from '../evidence.js';
import type { ClaimToken, ClaimTokenFormat, ProvenClaims } from './claim-token.js';

/** Injection token: the formats of claim tokens that are understood. */
export const CLAIM_TOKEN_FORMATS = Symbol('ClaimTokenFormats');

/** A claim as `need_info` asks for it. @see UMA 2.0 Grant section 3.3.6 */
export interface RequiredClaimHint {
  readonly name: string;
  readonly friendly_name?: string;
  readonly claim_token_format: readonly string[];
  readonly issuer: readonly string[];
}

const FRIENDLY_NAMES: Readonly<Record<string, string>> = {
  sub: 'Who you are',
  email: 'E-mail address',
  purpose_of_use: 'What you need it for',
  acr: 'A fresh sign-in',
};

/** The claim tokens that clients push, of whichever format. */
@Injectable()
export class ClaimTokens {
  constructor(@Inject(CLAIM_TOKEN_FORMATS) private readonly formats: readonly ClaimTokenFormat[]) {}

  /** @returns `undefined` when the token proves nothing; a format that is not known is one such case */
  async verify({ token, format }: ClaimToken, client: RegisteredClient): Promise<ProvenClaims | undefined> {
    return this.formats.find(({ names }) => names.includes(format))?.verify(token, client);
  }

  /**
   * Uses a proof up, when it is good for one use.
   *
   * @returns what it proves; `undefined` when it was used before
   */
  async use(within: Transaction<UmaTables>, proven: ProvenClaims): Promise<Evidence | undefined> {
    const { oneUse, evidence } = proven;
    if (oneUse === undefined) return evidence;
    const { numInsertedOrUpdatedRows } = await within
      .insertInto('used_claim_token')
      .values({ digest: digest(oneUse.name), expires_at: Math.ceil(oneUse.untilMs / 1000) })
      .onConflict((conflict) => conflict.column('digest').doNothing())
      .executeTakeFirst();
    return numInsertedOrUpdatedRows === 1n ? evidence : undefined;
  }

  /** The issuers of which a client can bring claims, in whichever format. */
  issuersFor(client: RegisteredClient): readonly string[] {
    return [...new Set(this.formats.flatMap((format) => format.issuersFor(client)))];
  }

  /** Tells a client what to bring. What a claim has to say is never told. */
  hints(claims: readonly ClaimRequirement[], client: RegisteredClient): readonly RequiredClaimHint[] {
    return claims.map(({ name, issuers }) => {
      const friendlyName = FRIENDLY_NAMES[name];
      const usable = this.formats.filter((format) => issuersOf(format, client, issuers).length > 0);
      return {
        name,
        ...(friendlyName === undefined ? {} : { friendly_name: friendlyName }),
        claim_token_format: usable.flatMap(({ names: [first] }) => first ?? []),
        issuer: [...new Set(usable.flatMap((format) => issuersOf(format, client, issuers)))],
      };
    });
  }
}

/** Of the issuers that would do, those whose tokens of this format the client may push; none named: all of them. */
function issuersOf(format: ClaimTokenFormat, client: RegisteredClient, wanted: readonly string[]): readonly string[] {
  const accepted = format.issuersFor(client);
  return wanted.length === 0 ? accepted : accepted.filter((issuer) => wanted.includes(issuer));
}
