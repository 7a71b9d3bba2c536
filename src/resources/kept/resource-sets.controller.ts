import { Controller, Get, Header, Inject, Param, Post, Req, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { acceptsHtml } from '../../auth/accepts-html.js';
import { basePathOf } from '../../auth/auth.options.js';
import { CurrentSession } from '../../auth/current-session.decorator.js';
import type { LoginSession } from '../../auth/login-session.js';
import { sendPage } from '../../auth/pages.js';
import { seeOther } from '../../auth/see-other.js';
import { SignedIn } from '../../auth/signed-in.decorator.js';
import { type Html, html } from '../../common/html.js';
import { messagePage } from '../../common/pages/message.page.js';
import { OLD_NAME, heartRateDescription } from '../heart-rate-resource.js';
import { isRegistered, type OwnedResource } from '../owned-resources.js';
import { OwnerAccess } from '../owner-access.js';
import { csrfField } from '../pages/page-parts.js';
import { RESOURCES_OPTIONS, type ResourcesOptions } from '../resources.options.js';
import { OldResourceSet } from './kept-answers.js';
import { resourceSetBody, resourceSetsBody } from './resource-sets.page.js';

/** Registration and overview under the addresses of the systems before: pages for browsers, JSON for everyone else. */
@ApiTags('Kept for older clients')
@Controller()
@SignedIn()
export class ResourceSetsController {
  private readonly basePath: string;

  constructor(
    private readonly access: OwnerAccess,
    @Inject(RESOURCES_OPTIONS) options: ResourcesOptions,
  ) {
    this.basePath = basePathOf(options);
  }

  /** Asks whether to register: following a link must change nothing. */
  @Get('resourceRegistration')
  @ApiProduces('text/html')
  confirm(
    @CurrentSession() { csrfToken, name }: LoginSession,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): string {
    const frame = { basePath: this.basePath, csrfToken, ownerName: name };
    const body = html`<p>Your heart rate becomes something that you can share. Nobody sees it before you share it.</p>
      <form method="post" action="${this.basePath}/resourceRegistration">
        ${csrfField(frame)}
        <button class="primary" type="submit">Register</button>
      </form>`;
    return this.page(reply, 'Register your heart rate?', body);
  }

  /** Registers, once however often it is asked, and shows the result. */
  @Post('resourceRegistration')
  @Header('cache-control', 'private, no-store')
  @ApiCreatedResponse({ type: OldResourceSet })
  async register(
    @CurrentSession() { person }: LoginSession,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string | OldResourceSet> {
    const resource = await this.access.ensureRegistered(person);
    if (acceptsHtml(request)) return seeOther(reply, `${this.basePath}/resourceSets/${resource.id}`);
    return oldResourceSet(resource);
  }

  /** The ids of what the owner has registered. */
  @Get('resourceSets')
  @Header('cache-control', 'private, no-store')
  @ApiOkResponse({ type: [String] })
  async list(
    @CurrentSession() { person }: LoginSession,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string | readonly string[]> {
    const resource = await this.access.ownResource(person);
    const ids = resource !== undefined && isRegistered(resource) ? [resource.id] : [];
    return acceptsHtml(request) ? this.page(reply, 'What you can share', resourceSetsBody(this.basePath, ids)) : ids;
  }

  /** One of them. */
  @Get('resourceSets/:id')
  @Header('cache-control', 'private, no-store')
  @ApiOkResponse({ type: OldResourceSet })
  async one(
    @CurrentSession() { person }: LoginSession,
    @Param('id') id: string,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string | OldResourceSet> {
    const set = oldResourceSet(await this.access.ownResourceById(person, id));
    return acceptsHtml(request) ? this.page(reply, set.name, resourceSetBody(set)) : set;
  }

  private page(reply: FastifyReply, title: string, body: Html): string {
    return sendPage(reply, messagePage({ basePath: this.basePath, title, body }));
  }
}

function oldResourceSet({ id, scopes, policyUri }: OwnedResource): OldResourceSet {
  return {
    _id: id,
    name: OLD_NAME,
    type: heartRateDescription().type,
    resource_scopes: [...scopes],
    ...(policyUri !== undefined && { user_access_policy_uri: policyUri }),
  };
}
