import { Body, Controller, Header, HttpCode, Post, UseGuards } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';

import { explanationOf, type ExplanationView } from '../owner/explanation-view.js';
import { ExplanationDto } from '../owner/explanations.dto.js';
import { SupposedQuestions } from '../owner/supposed-questions.js';
import { Explanations } from '../policy/explanations.js';
import { AdministratorGuard } from './administrator.guard.js';

/** Tells administrators what would be decided, whoever the owner is. */
@ApiTags('Administration')
@Controller('/api/simulations')
@UseGuards(AdministratorGuard)
export class SimulationsController {
  constructor(
    private readonly questions: SupposedQuestions,
    private readonly explanations: Explanations,
  ) {}

  /** Tells what would be decided about any resource, and by which rule; nothing is issued. */
  @Post()
  @HttpCode(200)
  @Header('cache-control', 'private, no-store')
  async simulate(@Body() body: ExplanationDto): Promise<ExplanationView> {
    return explanationOf(await this.explanations.explain(await this.questions.ofAdministrator(body)));
  }
}
