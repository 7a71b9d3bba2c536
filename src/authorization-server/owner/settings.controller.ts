import { Body, Controller, Get, Header, Patch, UseGuards } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';

import { CurrentOwner, OwnerGuard } from './owner.guard.js';
import { ChangeSettingsDto } from './settings.dto.js';
import type { SettingsView } from './settings-view.js';
import { SharingSettings } from './sharing-settings.js';

/** The owner's API of what holds for all of their sharing. */
@ApiTags('Owner')
@Controller('/api/settings')
@UseGuards(OwnerGuard)
export class SettingsController {
  constructor(private readonly settings: SharingSettings) {}

  /** What the owner has set. */
  @Get()
  @Header('cache-control', 'private, no-store')
  read(@CurrentOwner() ownerId: string): Promise<SettingsView> {
    return this.settings.read(ownerId);
  }

  /** Changes it; pausing ends every token of the owner's resources. */
  @Patch()
  @Header('cache-control', 'private, no-store')
  change(@CurrentOwner() ownerId: string, @Body() changes: ChangeSettingsDto): Promise<SettingsView> {
    return this.settings.change(ownerId, changes);
  }
}
