import { ForbiddenException } from '@nestjs/common';
import { ExecutionContextHost } from '@nestjs/core/helpers/execution-context-host.js';
import { Reflector } from '@nestjs/core';

import type { AccessTokens } from '../oidc/access-tokens.js';
import { OAuthGuard } from './oauth.guard.js';
import { RequiredScopes } from './required-scopes.js';

class Routes {
  @RequiredScopes(['read'])
  marked(): void {
    return;
  }

  unmarked(): void {
    return;
  }
}

const VALID = { clientId: 'c1', scopes: ['read'], expiresAt: 2_000_000_000 };

/** Knows one token, `valid`. */
const accessTokens = {
  find: (token: string) => Promise.resolve(token === 'valid' ? VALID : undefined),
} as AccessTokens;

function contextOf(route: keyof Routes, authorization?: string, type = 'http'): ExecutionContextHost {
  const handler = Reflect.get<Routes, keyof Routes>(Routes.prototype, route);
  const context = new ExecutionContextHost([{ headers: { authorization } }], Routes, handler);
  context.setType(type);
  return context;
}

describe('the OAuth guard', () => {
  const guard = new OAuthGuard(new Reflector(), accessTokens);

  it('lets a valid token with the scopes through', async () => {
    expect(await guard.canActivate(contextOf('marked', 'Bearer valid'))).toBe(true);
  });

  it.each([
    ['without a token', undefined, 'no_token'],
    ['with another scheme', 'Basic valid', 'invalid_token'],
    ['with an unknown token', 'Bearer other', 'invalid_token'],
  ])('refuses a request %s', async (_how, authorization, reason) => {
    await expect(guard.canActivate(contextOf('marked', authorization))).rejects.toMatchObject({ reason });
  });

  it('refuses everybody on a route that names no scopes', async () => {
    await expect(guard.canActivate(contextOf('unmarked', 'Bearer valid'))).rejects.toThrow(ForbiddenException);
  });

  it('refuses every transport but HTTP', async () => {
    await expect(guard.canActivate(contextOf('marked', 'Bearer valid', 'ws'))).rejects.toThrow(ForbiddenException);
  });
});
