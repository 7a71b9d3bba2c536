import { Module } from '@nestjs/common';

import { ProtectedResources } from '../uma/protection-api/protected-resources.js';
import { OwnedResources } from './owned-resources.js';

/** The resources by themselves: the guard needs them, and the rest of this room needs the guard. */
@Module({
  providers: [OwnedResources, { provide: ProtectedResources, useExisting: OwnedResources }],
  exports: [OwnedResources, ProtectedResources],
})
export class OwnedResourcesModule {}
