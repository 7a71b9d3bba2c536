import { AsyncLocalStorage } from 'node:async_hooks';

import { Logger } from '@nestjs/common';
import { canCome } from '../claims.js';
import type { Evaluation, Refusal } from '../decision.js';
import type { DecisionPoint } from '../decision-point.js';
import { RestrictingDecisionPoint } from '../restricting.decision-point.js';
import { EXTERNAL_DENIAL, objectionIn } from './authzen-answer.js';
import type { AuthZenClient } from './authzen-client.js';
import { type AccessEvaluation, accessEvaluationOf } from './authzen-request.js';

/** How often a transaction may be undone because it asks something new: what is shared may change in between. */
const MAX_ROUNDS = 3;

/** What is known when a transaction is run. */
interface Round {
  /** What was said to questions, by their keys. */
  readonly advice: ReadonlyMap<string, Refusal | undefined>;
  /** Whether the transaction is not undone any more. */
  readonly isLast: boolean;
}

/** Undoes a transaction that lacks advice. */
class AdviceNeeded extends Error {
  override readonly name = 'AdviceNeeded';

  constructor(readonly evaluations: readonly Evaluation[]) {
    super('The transaction is done again when the external decision point has answered.');
  }
}

/**
 * Lets through what an external decision point permits as well. It is asked between transactions, never inside of one,
 * and only about what would be permitted without it; what it does not answer in time is denied.
 */
export class AuthZenDecisionPoint extends RestrictingDecisionPoint {
  private readonly logger = new Logger(AuthZenDecisionPoint.name);
  private readonly round = new AsyncLocalStorage<Round>();

  /**
   * @param issuer this authorization server
   * @param believedIssuers the issuers that are believed about how strongly a person was authenticated
   */
  constructor(
    inner: DecisionPoint,
    private readonly client: AuthZenClient,
    private readonly issuer: string,
    private readonly believedIssuers: readonly string[],
  ) {
    super(inner);
  }

  override async consulting<Result>(transact: () => Promise<Result>): Promise<Result> {
    const advice = new Map<string, Refusal | undefined>();
    for (let rounds = 0; ; rounds++) {
      try {
        const round = { advice, isLast: rounds === MAX_ROUNDS };
        return await this.round.run(round, () => super.consulting(transact));
      } catch (error) {
        if (!(error instanceof AdviceNeeded)) throw error;
        const objections = await this.ask(error.evaluations);
        for (const [index, evaluation] of error.evaluations.entries()) advice.set(keyOf(evaluation), objections[index]);
      }
    }
  }

  protected override objectionsTo(evaluations: readonly Evaluation[]): Promise<readonly (Refusal | undefined)[]> {
    // Who decides without consulting gets nothing: nobody would ask.
    const { advice, isLast } = this.round.getStore() ?? { advice: new Map<string, undefined>(), isLast: true };
    const unanswered = evaluations.filter((evaluation) => !advice.has(keyOf(evaluation)));
    if (unanswered.length > 0 && !isLast) return Promise.reject(new AdviceNeeded(unanswered));
    return Promise.resolve(
      evaluations.map((evaluation) =>
        advice.has(keyOf(evaluation)) ? advice.get(keyOf(evaluation)) : EXTERNAL_DENIAL,
      ),
    );
  }

  private async ask(evaluations: readonly Evaluation[]): Promise<readonly (Refusal | undefined)[]> {
    try {
      const answers = await this.client.ask(evaluations.map((evaluation) => this.questionOf(evaluation)));
      return evaluations.map((evaluation, index) => objectionTo(evaluation, answers[index], this.issuer));
    } catch (error) {
      this.logger.warn(`The external decision point gave no answer: ${reasonOf(error)}`);
      return evaluations.map(() => EXTERNAL_DENIAL);
    }
  }

  private questionOf(evaluation: Evaluation): AccessEvaluation {
    return accessEvaluationOf(evaluation, this.believedIssuers);
  }
}

/** To ask for claims that were given, or that cannot be, would never end. */
function objectionTo({ subject, context }: Evaluation, answer: unknown, issuer: string): Refusal | undefined {
  const objection = objectionIn(answer);
  if (objection?.context.outcome !== 'need-claims') return objection;
  const { claims } = objection.context;
  if (!claims.every((claim) => canCome(claim, issuer, context.claimIssuers))) return EXTERNAL_DENIAL;
  const missing = claims.filter(
    ({ name, issuers }) =>
      subject?.claims.some(
        (claim) => claim.name === name && (issuers.length === 0 || issuers.includes(claim.issuer)),
      ) !== true,
  );
  if (missing.length === 0) return EXTERNAL_DENIAL;
  return { decision: false, context: { ...objection.context, claims: missing } };
}

/** All of a question but its time, which has gone on when it is put again. */
function keyOf({ subject, action, resource, context: { clientId } }: Evaluation): string {
  return JSON.stringify([subject, action.name, resource, clientId]);
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : 'unknown reason';
}
