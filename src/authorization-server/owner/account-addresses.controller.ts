import { Controller, Get, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';

import { ENDPOINTS } from '../endpoints.js';
import { goTo } from '../oidc/send-page.js';
import { UmaOptions } from '../uma/uma-options.js';

/** Where the forms of the owner's page go. */
const FORMS = [
  'shares',
  'shares/:id/:act',
  'requests/:id/:act',
  'blocks',
  'blocks/:id/lift',
  'remembered/forget',
  'settings',
];

/**
 * The addresses of the forms of the owner's page, when they are opened: a browser shows such an address after a form that
 * was not done, and a person may reload or keep it. It leads back to the page.
 */
@ApiExcludeController()
@Controller(ENDPOINTS.account)
export class AccountAddressesController {
  constructor(private readonly options: UmaOptions) {}

  @Get(FORMS)
  toPage(@Res({ passthrough: true }) reply: FastifyReply): string {
    return goTo(reply, `${this.options.issuer}${ENDPOINTS.account}`);
  }
}
