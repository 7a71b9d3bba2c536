import { Injectable, type OnModuleInit } from '@nestjs/common';

import { type DirectAnswer, type DirectRequest, DirectRoutes } from '../../common/direct-routes.js';
import { ENDPOINTS } from '../endpoints.js';
import { FORM, formParameters } from '../form-body.js';
import { Introspection } from './introspection.js';
import { PermissionRequests } from './permission-requests.js';
import { ProtectionApiAccess } from './protection-api-access.js';

/** The two calls of the protection API that a resource server makes all the time, past the framework. */
@Injectable()
export class DirectProtectionApi implements OnModuleInit {
  constructor(
    private readonly routes: DirectRoutes,
    private readonly access: ProtectionApiAccess,
    private readonly introspection: Introspection,
    private readonly permissionRequests: PermissionRequests,
  ) {}

  onModuleInit(): void {
    const { introspection, permission } = ENDPOINTS;
    this.routes.add({ path: introspection, mediaType: FORM, answer: (request) => this.introspect(request) });
    this.routes.add({ path: permission, mediaType: 'application/json', answer: (request) => this.request(request) });
  }

  private async introspect({ headers, body }: DirectRequest): Promise<DirectAnswer | undefined> {
    const form = formParameters(body);
    if (form === undefined) return undefined;
    const pat = await this.access.patOf(headers.authorization);
    return { status: 200, body: await this.introspection.answer(pat, form) };
  }

  private async request(request: DirectRequest): Promise<DirectAnswer> {
    const pat = await this.access.patOf(request.headers.authorization);
    return { status: 201, body: await this.permissionRequests.answer(pat, request) };
  }
}
