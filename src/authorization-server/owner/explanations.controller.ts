import { Body, Controller, Header, HttpCode, Post, UseGuards } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';

import { deny } from '../policy/decision.js';
import { Explanations, type ScopeDecision } from '../policy/explanations.js';
import { explanationOf, type ExplanationView } from './explanation-view.js';
import { ExplanationDto } from './explanations.dto.js';
import { CurrentOwner, OwnerGuard } from './owner.guard.js';
import { SupposedQuestions } from './supposed-questions.js';

/** Tells owners what would be decided, and why. */
@ApiTags('Owner')
@Controller('/api/explanations')
@UseGuards(OwnerGuard)
export class ExplanationsController {
  constructor(
    private readonly questions: SupposedQuestions,
    private readonly explanations: Explanations,
  ) {}

  /** Tells what would be decided about a resource of the owner, and by which rule; nothing is issued. */
  @Post()
  @HttpCode(200)
  @Header('cache-control', 'private, no-store')
  async explain(@CurrentOwner() ownerId: string, @Body() body: ExplanationDto): Promise<ExplanationView> {
    const decisions = await this.explanations.explain(await this.questions.ofOwner(body), ownerId);
    return explanationOf(decisions.map(toldToOwner));
  }
}

/** Whose account is suspended is not for owners to know: to them it is somebody who gets nothing. */
function toldToOwner({ scope, decision }: ScopeDecision): ScopeDecision {
  const isSuspended = decision.context.rule.kind === 'requesting-party-suspended';
  return { scope, decision: isSuspended ? deny({ kind: 'no-share' }) : decision };
}
