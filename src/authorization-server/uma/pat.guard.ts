import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';

import type { RequestWithPat } from './pat.js';
import { ProtectionApiAccess } from './protection-api-access.js';

/** Lets a request into the protection API that carries a PAT, and keeps what it stands for. */
@Injectable()
export class PatGuard implements CanActivate {
  constructor(private readonly access: ProtectionApiAccess) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<RequestWithPat>();
    request.pat = await this.access.patOf(request.headers.authorization);
    return true;
  }
}
