import { Injectable } from '@nestjs/common';
import type { Transaction } from 'kysely';

import { Clock } from '../../common/clock.js';
import type { UmaTables } from '../../database/authorization-server/uma.js';
import type { RegisteredClient } from '../oidc/clients/registered-clients.js';
import { isSamePerson, type RequestingParty } from '../policy/person.js';
import type { ClaimToken, ProvenClaims } from './claim-tokens/claim-token.js';
import { ClaimTokens } from './claim-tokens/claim-tokens.js';
import { combined, type Evidence, requestingPartyAt } from './evidence.js';
import type { PermissionTicket } from './permission-tickets.js';
import { type KeptClaims, PersistedClaims } from './persisted-claims.js';
import type { Progress } from './progress.js';

/** What a client presents of a requesting party. */
export interface PresentedClaims {
  readonly client: Pick<RegisteredClient, 'clientId'>;
  readonly claimToken: ClaimToken | undefined;
  /** What the claim token proves. */
  readonly proven: ProvenClaims | undefined;
  /** A persisted claims token that the client was given before. */
  readonly pct: string | undefined;
}

/** What is known of a requesting party now. */
export interface CollectedClaims {
  readonly progress: Progress;
  /** The requesting party, as far as it is certain who that is. */
  readonly requestingParty: RequestingParty | undefined;
  /** What was kept behind the persisted claims token that some of it rests on. */
  readonly usedPct: KeptClaims | undefined;
}

/**
 * Puts together what the process knew, what is kept of this person, and what the client brings now. What somebody else
 * allowed, in the process or for a PCT, does not count.
 *
 * @see UMA 2.0 Grant sections 3.3.4, 5.2 and 6.2
 */
@Injectable()
export class ClaimsCollection {
  constructor(
    private readonly clock: Clock,
    private readonly claimTokens: ClaimTokens,
    private readonly persistedClaims: PersistedClaims,
  ) {}

  /** Uses the claim token up, if it is good for one use. */
  async collect(
    within: Transaction<UmaTables>,
    { progress: before }: PermissionTicket,
    { client, claimToken, proven, pct }: PresentedClaims,
  ): Promise<CollectedClaims> {
    const given = proven && (await this.claimTokens.use(within, proven));
    const kept = pct === undefined ? undefined : await this.persistedClaims.find(within, pct, client.clientId);
    const evidence = combined(combined(kept?.progress.evidence, before.evidence), given);
    // A claim token that proves nothing leaves open who the client means, whatever was known before.
    const isOpen = claimToken !== undefined && given === undefined;
    return {
      progress: progressWith(evidence, [before, kept?.progress]),
      requestingParty: isOpen ? undefined : requestingPartyAt(evidence, this.clock.nowMs()),
      usedPct: isAbout(kept?.progress, evidence) ? kept : undefined,
    };
  }
}

/** @param sources of consent, the latest first */
function progressWith(evidence: Evidence | undefined, sources: readonly (Progress | undefined)[]): Progress {
  const ofPerson = sources.filter((source) => isAbout(source, evidence));
  return {
    evidence,
    mayKeepClaims: ofPerson.find(({ mayKeepClaims }) => mayKeepClaims !== undefined)?.mayKeepClaims,
    shareIds: [...new Set(ofPerson.flatMap(({ shareIds }) => shareIds))],
  };
}

function isAbout(source: Progress | undefined, evidence: Evidence | undefined): source is Progress {
  return (
    source?.evidence !== undefined && evidence !== undefined && isSamePerson(source.evidence.person, evidence.person)
  );
}
