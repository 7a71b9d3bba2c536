import { applyDecorators, UseFilters, UseGuards } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';

import { OAuthRefusalFilter } from '../oauth-guard/oauth-refusal.filter.js';
import { StreamGuard } from './stream.guard.js';

/** The routes by which a resource server manages its event stream. @see SSF 1.0 section 8 */
export const StreamManagement = (): ClassDecorator =>
  applyDecorators(ApiTags('Security events'), UseGuards(StreamGuard), UseFilters(OAuthRefusalFilter));
