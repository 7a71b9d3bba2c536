import { Controller, Delete, Header, HttpCode, Param, Put, UseGuards } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';

import type { Account } from '../oidc/accounts/accounts.js';
import { AccountSuspensions } from './account-suspensions.js';
import { AdministratorGuard, CurrentAdministrator } from './administrator.guard.js';

/** The administrators' API of suspended accounts. */
@ApiTags('Administration')
@Controller('/api/accounts/:username/suspension')
@UseGuards(AdministratorGuard)
export class SuspensionsController {
  constructor(private readonly suspensions: AccountSuspensions) {}

  /** Suspends an account: sign-in, sharing and whatever was given end at once. */
  @Put()
  @HttpCode(204)
  @Header('cache-control', 'private, no-store')
  async suspend(@Param('username') username: string, @CurrentAdministrator() by: Account): Promise<void> {
    await this.suspensions.suspend(username, by);
  }

  /** Ends a suspension; what was revoked stays so. */
  @Delete()
  @HttpCode(204)
  @Header('cache-control', 'private, no-store')
  async resume(@Param('username') username: string): Promise<void> {
    await this.suspensions.resume(username);
  }
}
