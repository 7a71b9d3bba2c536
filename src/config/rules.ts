import { registerDecorator, type ValidationArguments } from 'class-validator';

import { Secret } from '../common/secret.js';
import { baseUrlFault } from './base-url.js';
import { proxyFault } from './trusted-proxies.js';
import { trustFault } from './trusted-resource-servers.js';

type Fault = (value: unknown, production: boolean, environment: object) => string | undefined;

/** A rule that names what is wrong, and may be stricter in production. */
function rule(name: string, fault: Fault): PropertyDecorator {
  const faultIn = (value: unknown, { object }: ValidationArguments) =>
    fault(value, (object as { NODE_ENV?: unknown }).NODE_ENV === 'production', object);
  return (prototype, property) => {
    registerDecorator({
      name,
      target: prototype.constructor,
      propertyName: String(property),
      validator: {
        validate: (value: unknown, args?: ValidationArguments) =>
          args !== undefined && faultIn(value, args) === undefined,
        defaultMessage: (args?: ValidationArguments) =>
          `$property ${(args === undefined ? undefined : faultIn(args.value, args)) ?? 'is not valid'}`,
      },
    });
  };
}

/** The variable has no default: it has to be set. */
export const IsRequired = (): PropertyDecorator =>
  rule('isRequired', (value) => (value === undefined ? 'is required' : undefined));

/** The address of a server; https in production. */
export const IsBaseUrl = (): PropertyDecorator => rule('isBaseUrl', baseUrlFault);

/** An address that paths are appended to as it is. */
export const IsBaseAddress = (): PropertyDecorator =>
  rule('isBaseAddress', (value) =>
    String(value).endsWith('/')
      ? 'must not end in a slash: the addresses of the server are made by appending to it'
      : undefined,
  );

/** A switch for development: it cannot be on in production. */
export const IsFalseInProduction = (): PropertyDecorator =>
  rule('isFalseInProduction', (value, production) =>
    production && value === true ? 'must be false in production' : undefined,
  );

/** A secret long enough to make a key of it. */
export const IsLongSecret = (characters: number): PropertyDecorator =>
  rule('isLongSecret', (value) =>
    value instanceof Secret && value.reveal().length < characters
      ? `must have at least ${characters} characters`
      : undefined,
  );

/** A secret URL of one of some schemes. */
export const IsSecretUrl = (...schemes: readonly string[]): PropertyDecorator =>
  rule('isSecretUrl', (value) =>
    value instanceof Secret && !isUrlOf(schemes, value.reveal())
      ? `must be a URL that begins with ${schemes.map((scheme) => `${scheme}://`).join(' or ')}`
      : undefined,
  );

/** Identifiers of issuers; https in production. */
export const IsIssuerList = (): PropertyDecorator =>
  rule('isIssuerList', (value, production) =>
    (value as readonly string[]).map((issuer) => baseUrlFault(issuer, production)).find((fault) => fault !== undefined),
  );

/** Pairs `origin=issuer`: which authorization server each resource server may send a client to. */
export const IsTrustList = (): PropertyDecorator =>
  rule('isTrustList', (value, production) =>
    (value as readonly string[]).map((pair) => trustFault(pair, production)).find((fault) => fault !== undefined),
  );

/** Authorization servers beside the main one: no issuer twice, and no id; each https in production. */
export const AreOtherServers = (): PropertyDecorator =>
  rule('areOtherServers', (value, production, environment) => {
    const servers = value as readonly { readonly issuer?: unknown; readonly id?: unknown }[];
    const issuers = [(environment as { AS_ISSUER?: unknown }).AS_ISSUER, ...servers.map(({ issuer }) => issuer)];
    const fault = servers.map(({ issuer }) => baseUrlFault(issuer, production)).find((one) => one !== undefined);
    if (fault !== undefined) return `must name issuers; each ${fault}`;
    const isTwice = (all: readonly unknown[]): boolean => new Set(all).size < all.length;
    if (isTwice(issuers)) return 'must name no issuer twice, nor AS_ISSUER';
    return isTwice(servers.map(({ id }) => id)) ? 'must give each server an id of its own' : undefined;
  });

/** What people call something: it has to fit on a button. */
export const IsShortName = (): PropertyDecorator =>
  rule('isShortName', (value) =>
    typeof value === 'string' && value.trim() !== '' && value.length <= 80 ? undefined : 'must have 1 to 80 characters',
  );

/** Addresses and networks of reverse proxies. */
export const IsProxyList = (): PropertyDecorator =>
  rule('isProxyList', (value) =>
    (value as readonly string[]).map((entry) => proxyFault(entry)).find((fault) => fault !== undefined),
  );

/** Text that stands in a header as it is, and that clients read which know no escapes. */
export const IsHeaderText = (): PropertyDecorator =>
  rule('isHeaderText', (value) =>
    typeof value === 'string' && !/^[ !#-[\]-~]+$/.test(value)
      ? 'must be printable ASCII without quotation marks and backslashes'
      : undefined,
  );

/** Name of a header of our own; no name that HTTP or a proxy gives a meaning. */
export const IsHeaderName = (): PropertyDecorator =>
  rule('isHeaderName', (value) =>
    typeof value === 'string' && !/^x-(?!forwarded-|csrf-)[a-z0-9-]+$/i.test(value)
      ? 'must be the name of a header that begins with X-, and not X-Forwarded- or X-CSRF-'
      : undefined,
  );

function isUrlOf(schemes: readonly string[], text: string): boolean {
  return URL.canParse(text) && schemes.some((scheme) => text.toLowerCase().startsWith(`${scheme}://`));
}
