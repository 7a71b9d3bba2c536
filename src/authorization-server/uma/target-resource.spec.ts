import { refuseOtherTargets } from './target-resource.js';

const RS = 'https://rs.test';
const of = (resourceIdentifier: string | undefined, requiresResource = false) => ({
  resourceIdentifier,
  requiresResource,
});

describe('the resource that a client names for its token (RFC 8707, SEC-1)', () => {
  it.each<[string, readonly string[], ReturnType<typeof of>]>([
    ['is not needed', [], of(RS)],
    ['is the resource server', [RS], of(RS)],
    ['lies at the resource server', [`${RS}/hearts/1`, RS], of(RS, true)],
    ['is not needed where there is nothing to compare', [], of(undefined)],
  ])('may be: %s', (_what, resources, ticket) => {
    expect(() => {
      refuseOtherTargets(resources, ticket);
    }).not.toThrow();
  });

  it.each<[string, readonly string[], ReturnType<typeof of>, string]>([
    ['is missing, and required', [], of(RS, true), 'The parameter resource has to name the resource server.'],
    ['is another server', ['https://evil.test'], of(RS), 'The permission ticket belongs to another resource server.'],
    ['is another server beside the right one', [RS, 'https://evil.test'], of(RS), 'The permission ticket belongs'],
    ['names a server that nobody can compare it with', [RS], of(undefined), 'The permission ticket belongs'],
  ])('is refused that %s', (_what, resources, ticket, message) => {
    const attempt = (): void => {
      refuseOtherTargets(resources, ticket);
    };
    expect(attempt).toThrow(message);
    expect(attempt).toThrow(expect.objectContaining({ code: 'invalid_target' }) as Error);
  });
});
