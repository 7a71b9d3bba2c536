import type { EventEmitter } from 'node:events';

import { Logger } from '@nestjs/common';

import { type ProviderParts, providerConfiguration } from './configuration.js';
import { Provider } from '../oidc-provider.js';
import { shapeAnswer } from './answers.js';

/** Builds the OpenID provider of one process. It serves nothing yet: the provider's middleware hands requests to it. */
export function createProvider(parts: ProviderParts): Provider {
  const logger = new Logger('OpenIdProvider');
  const provider = new Provider(parts.options.issuer, providerConfiguration(parts));
  // Proxy headers come from our own middleware, which writes the issuer's address into them.
  provider.proxy = true;
  provider.use(shapeAnswer);
  provider.on('server_error', (_ctx, error) => {
    logger.error(error);
  });
  // Without a listener koa prints the stack on standard error, whatever a stranger's connection died of.
  (provider as EventEmitter).on('error', (error: Error) => {
    logger.warn(`A request broke off: ${error.message}`);
  });
  return provider;
}
