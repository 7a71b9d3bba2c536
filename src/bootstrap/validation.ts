import { BadRequestException, ValidationPipe, type ValidationError } from '@nestjs/common';

// RFC 6749 section 5.2 leaves these characters out of a description; a member's name may hold any.
const UNDESCRIBABLE = /[^\x20\x21\x23-\x5B\x5D-\x7E]/g;

/** Checks every body, query and parameter that is typed by a class: what the class does not declare is refused. */
export function validation(): ValidationPipe {
  return new ValidationPipe({
    whitelist: true,
    forbidNonWhitelisted: true,
    transform: true,
    exceptionFactory: (errors) =>
      new BadRequestException({
        error: 'invalid_request',
        error_description: describe(errors).slice(0, 5).join('; ').replace(UNDESCRIBABLE, '?'),
      }),
  });
}

function describe(errors: readonly ValidationError[], path = ''): string[] {
  return errors.flatMap(({ property, constraints = {}, children = [] }) => [
    ...Object.values(constraints).map((text) => path + text),
    ...describe(children, `${path}${property}.`),
  ]);
}
