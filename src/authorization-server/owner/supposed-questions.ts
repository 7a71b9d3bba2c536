import { Injectable } from '@nestjs/common';

import { Clock } from '../../common/clock.js';
import { UmaError } from '../../uma/protocol/uma-error.js';
import { type Account, Accounts } from '../oidc/accounts/accounts.js';
import { type Claim, EMAIL_CLAIM, PURPOSE_CLAIM } from '../policy/claims.js';
import type { Question } from '../policy/explanations.js';
import type { Person, RequestingParty } from '../policy/person.js';
import { UmaOptions } from '../uma/uma-options.js';
import type { ExplainedPersonDto, ExplanationDto } from './explanations.dto.js';
import { instantOf } from './share-view.js';

/** What is added to what is supposed of somebody with an account here. */
type Knowledge = (account: Account | undefined) => readonly Claim[];

/** Somebody of whom no more is known than some claims. */
const ANYBODY = { issuer: '', subject: '' };

/** Makes a question out of what an owner or administrator supposes. */
@Injectable()
export class SupposedQuestions {
  constructor(
    private readonly accounts: Accounts,
    private readonly clock: Clock,
    private readonly options: UmaOptions,
  ) {}

  /**
   * What an owner supposes, and no more: what this server knows of people would confirm what the owner only guesses.
   *
   * @throws UmaError `invalid_request` for a person who is not here, is named in two ways or in part, or for no time
   */
  ofOwner(supposed: ExplanationDto): Promise<Question> {
    return this.of(supposed, () => []);
  }

  /**
   * What an administrator supposes, and what this server itself says about the person.
   *
   * @throws UmaError as {@link SupposedQuestions.ofOwner} does
   */
  ofAdministrator(supposed: ExplanationDto): Promise<Question> {
    return this.of(supposed, (account) => this.knownOf(account));
  }

  private async of(
    { resourceId, scopes, clientId = '', at, ...supposed }: ExplanationDto,
    knownOf: Knowledge,
  ): Promise<Question> {
    const context = { atMs: instantOf(at) ?? this.clock.nowMs(), clientId };
    return { resourceId, scopes, subject: await this.partyOf(supposed, knownOf), context };
  }

  private async partyOf(
    supposed: Pick<ExplanationDto, 'person' | 'claims' | 'purpose'>,
    knownOf: Knowledge,
  ): Promise<RequestingParty | undefined> {
    const { issuer: here } = this.options;
    const claims: readonly Claim[] = [
      ...(supposed.claims ?? []).map(({ name, value, issuer = here }) => ({ name, value, issuer })),
      ...(supposed.purpose === undefined ? [] : [{ name: PURPOSE_CLAIM, value: supposed.purpose, issuer: here }]),
    ];
    if (supposed.person !== undefined) {
      const { person, account } = await this.namedPerson(supposed.person);
      return { person, claims: [...knownOf(account), ...claims] };
    }
    return supposed.claims === undefined ? undefined : { person: ANYBODY, claims };
  }

  private async namedPerson({
    issuer,
    subject,
    username,
  }: ExplainedPersonDto): Promise<{ person: Person; account: Account | undefined }> {
    const { issuer: here } = this.options;
    if (username !== undefined && issuer === undefined && subject === undefined) {
      const account = await this.accounts.findByUsername(username);
      if (account === undefined) throw new UmaError('invalid_request', 'There is nobody of that name here.');
      return { person: { issuer: here, subject: account.id }, account };
    }
    if (issuer === undefined || subject === undefined || username !== undefined) {
      throw new UmaError('invalid_request', 'A person is named by issuer and subject, or by username.');
    }
    return { person: { issuer, subject }, account: issuer === here ? await this.accounts.find(subject) : undefined };
  }

  /** What this server itself says about a person. */
  private knownOf(account: Account | undefined): readonly Claim[] {
    if (account?.emailVerified !== true) return [];
    return [{ name: EMAIL_CLAIM, value: account.email, issuer: this.options.issuer }];
  }
}
