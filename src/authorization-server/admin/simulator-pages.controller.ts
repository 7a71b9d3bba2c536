import { Body, Controller, Get, HttpCode, Post, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { SupposedQuestions } from '../owner/supposed-questions.js';
import { Explanations } from '../policy/explanations.js';
import { ADMIN_PAGES, type AdminPage } from './admin-page.js';
import { SimulatorFormDto } from './admin-pages.dto.js';
import { AdminVisits, tried } from './admin-visits.js';
import { supposedIn } from './simulator-form.js';
import { decisionTable, NOTHING_SUPPOSED, simulatorForm } from './simulator-page.js';

const TITLE = 'Simulator';

/** The administrators' page that tells what would be decided. What is supposed about people stands in no address. */
@ApiExcludeController()
@Controller(ADMIN_PAGES.simulator)
export class SimulatorPagesController {
  constructor(
    private readonly visits: AdminVisits,
    private readonly questions: SupposedQuestions,
    private readonly explanations: Explanations,
  ) {}

  @Get()
  show(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    return this.visits.receive({ request, reply, path: ADMIN_PAGES.simulator }, ({ view }) =>
      Promise.resolve({ title: TITLE, body: simulatorForm(view, NOTHING_SUPPOSED) }),
    );
  }

  @Post()
  @HttpCode(200)
  simulate(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Body() form: SimulatorFormDto,
  ): Promise<string> {
    return this.visits.receive({ request, reply, path: ADMIN_PAGES.simulator }, ({ view }) =>
      tried<AdminPage>(
        reply,
        async () => {
          const decisions = await this.explanations.explain(await this.questions.ofAdministrator(supposedIn(form)));
          return { title: TITLE, body: simulatorForm(view, form, decisionTable(view, decisions)) };
        },
        (error) => ({ title: TITLE, body: simulatorForm(view, form), problem: error.message }),
      ),
    );
  }
}
