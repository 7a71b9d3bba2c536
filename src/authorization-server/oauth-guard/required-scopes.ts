import { Reflector } from '@nestjs/core';

/** Marks what a protected route requires. */
export const RequiredScopes = Reflector.createDecorator<readonly string[] | undefined>();
