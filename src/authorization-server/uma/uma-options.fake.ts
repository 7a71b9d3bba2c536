import { Secret } from '../../common/secret.js';
import type { UmaOptions } from './uma-options.js';

/** An authorization server as tests have it, with the lifetimes that it has by default. */
export const OPTIONS: UmaOptions = {
  issuer: 'https://as.test',
  secretKey: new Secret('key'),
  ticketLifetimeSeconds: 300,
  rptLifetimeSeconds: 900,
  refreshLifetimeSeconds: 86_400,
  claimLifetimeSeconds: 86_400,
  claimIssuers: [],
  partialGrants: 'ticket-complete',
};
