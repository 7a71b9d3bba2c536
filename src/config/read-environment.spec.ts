import { inspect } from 'node:util';

import type { Type } from '@nestjs/common';
import { fastify } from 'fastify';

import { AuthorizationServerEnvironment } from './authorization-server.environment.js';
import { ClientEnvironment } from './client.environment.js';
import { ConfigurationError } from './configuration-error.js';
import { readEnvironment, type SettingSource } from './read-environment.js';
import { ResourceServerEnvironment } from './resource-server.environment.js';

const KEY = 'k'.repeat(32);
const authorizationServer = (source: SettingSource = {}) =>
  readEnvironment(AuthorizationServerEnvironment, { SECRET_KEY: KEY, ...source });
const resourceServer = (source: SettingSource = {}) =>
  readEnvironment(ResourceServerEnvironment, { SECRET_KEY: KEY, RS_CLIENT_SECRET: 'rs', ...source });
const client = (source: SettingSource = {}) =>
  readEnvironment(ClientEnvironment, { SECRET_KEY: KEY, CLIENT_SECRET: 'c', ...source });

function problemsOf(read: () => unknown): readonly string[] {
  try {
    read();
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems;
    throw error;
  }
  return [];
}

describe('the environment of a process', () => {
  it('has the defaults of the demo world when only its secrets are set', () => {
    expect(authorizationServer()).toMatchObject({
      AS_ISSUER: 'http://localhost:8080',
      AS_PORT: 8080,
      HOST: '127.0.0.1',
    });
    expect(resourceServer()).toMatchObject({
      RS_BASE_URL: 'http://localhost:4000',
      RS_PORT: 4000,
      CHALLENGE_BODY: false,
    });
    expect(client()).toMatchObject({ CLIENT_BASE_URL: 'http://localhost:3000', CLIENT_PORT: 3000 });
  });

  it('knows its port and the variable that sets it', () => {
    expect([authorizationServer().port, resourceServer().port, client().port]).toEqual([
      { number: 8080, variable: 'AS_PORT' },
      { number: 4000, variable: 'RS_PORT' },
      { number: 3000, variable: 'CLIENT_PORT' },
    ]);
  });

  it('converts each kind of value', () => {
    const environment = resourceServer({
      RS_BASE_URL: ' https://rs.example.org/ ',
      RS_PORT: '4001',
      CHALLENGE_BODY: 'true',
      DEV_SHOW_TOKENS: '1',
      TRUST_PROXY: '10.0.0.0/8, loopback,',
      RS_CLIENT_SECRET: '@!1111!0008',
    });
    expect(environment).toMatchObject({
      RS_BASE_URL: 'https://rs.example.org',
      RS_PORT: 4001,
      CHALLENGE_BODY: true,
      DEV_SHOW_TOKENS: true,
      TRUST_PROXY: ['10.0.0.0/8', 'loopback'],
    });
    expect(environment.RS_CLIENT_SECRET.reveal()).toBe('@!1111!0008');
  });

  it('takes for a reverse proxy only what the server understands as one', () => {
    const TRUST_PROXY = '10.0.0.1,10.0.0.0/8,::1,fd00::/8,fe80::1%eth0,loopback,linklocal,uniquelocal';
    const { TRUST_PROXY: trustProxy } = resourceServer({ TRUST_PROXY });
    expect(trustProxy).toHaveLength(8);
    expect(() => fastify({ trustProxy: [...trustProxy] })).not.toThrow();
  });

  it.each(['https://as.example.org/', 'https://as.example.org/t1/', 'https://as.example.org'])(
    'keeps the issuer %s to the letter, because issuers are compared so (RFC 8414 3.3)',
    (AS_ISSUER) => {
      expect(resourceServer({ AS_ISSUER }).AS_ISSUER).toBe(AS_ISSUER);
    },
  );

  it('takes an empty value as not set, and another name of a variable when its own is not set', () => {
    const environment = client({
      CLIENT_PORT: '',
      http_proxy: 'http://proxy:3128',
      HTTPS_PROXY: 'http://tls',
      https_proxy: 'http://x',
    });
    expect(environment.CLIENT_PORT).toBe(3000);
    expect(environment.HTTP_PROXY?.reveal()).toBe('http://proxy:3128');
    expect(environment.HTTPS_PROXY?.reveal()).toBe('http://tls');
  });

  it('reads people and clients whose secrets show nowhere', () => {
    const environment = authorizationServer({
      AS_ACCOUNTS: JSON.stringify([{ username: 'ann', password: 'hush-hush', name: 'Ann', email: 'ann@example.org' }]),
      AS_CLIENTS: JSON.stringify([{ client_id: 'rs', client_secret: 'hush-hush', redirect_uris: ['https://rs/cb'] }]),
    });
    expect(environment.AS_ACCOUNTS[0]).toMatchObject({ username: 'ann', email: 'ann@example.org' });
    expect(environment.AS_ACCOUNTS[0]?.password.reveal()).toBe('hush-hush');
    expect(environment.AS_CLIENTS[0]).toMatchObject({ client_id: 'rs', redirect_uris: ['https://rs/cb'] });
    expect(environment.AS_CLIENTS[0]?.client_secret?.reveal()).toBe('hush-hush');
    expect(inspect(environment, { depth: 9 }) + JSON.stringify(environment)).not.toContain('hush-hush');
  });

  it('opens a port for old sensors when there is one, and the credential of the sensor that they stand for', () => {
    const OLD_SENSOR_CREDENTIAL = 'a credential';
    expect(resourceServer().oldSensorPort).toBeUndefined();
    expect(resourceServer({ OLD_SENSOR_CREDENTIAL }).oldSensorPort).toBeUndefined();
    const local = resourceServer({ OLD_SENSOR_PORT: '1337', OLD_SENSOR_CREDENTIAL }).oldSensorPort;
    expect(local).toMatchObject({ host: '127.0.0.1', port: 1337 });
    expect(local?.credential.reveal()).toBe('a credential');
    const open = { OLD_SENSOR_PORT: '0', OLD_SENSOR_HOST: '0.0.0.0', OLD_SENSOR_CREDENTIAL };
    expect(resourceServer(open).oldSensorPort).toMatchObject({ host: '0.0.0.0', port: 0 });
  });

  it('derives the realm from the issuer, and the trust from the addresses, unless they are set', () => {
    expect(resourceServer({ AS_ISSUER: 'https://as.example.org:8443/t1' }).realm).toBe('as.example.org:8443');
    expect(resourceServer({ UMA_REALM: 'hearts' }).realm).toBe('hearts');
    expect(client({ AS_ISSUER: 'https://as.org/', RS_BASE_URL: 'https://rs.org/' }).trusted).toEqual(
      new Map([['https://rs.org', ['https://as.org/']]]),
    );
    expect(client().trusted).toEqual(new Map([['http://localhost:4000', ['http://localhost:8080']]]));
    const RESOURCE_SERVERS =
      'https://a.org=https://as1.org/, https://a.org/x=https://as2.org/t, https://b.org=https://as1.org';
    expect(client({ RESOURCE_SERVERS }).trusted).toEqual(
      new Map([
        ['https://a.org', ['https://as1.org/', 'https://as2.org/t']],
        ['https://b.org', ['https://as1.org']],
      ]),
    );
  });
});

describe('a wrong configuration', () => {
  it.each<{ Class: Type; name: string; value: string | undefined; problem: string }>([
    { Class: ResourceServerEnvironment, name: 'RS_PORT', value: '0x10', problem: 'must be a whole number in digits' },
    { Class: ResourceServerEnvironment, name: 'RS_PORT', value: '4e3', problem: 'must be a whole number in digits' },
    { Class: ResourceServerEnvironment, name: 'RS_PORT', value: '65536', problem: 'must not be greater than 65535' },
    { Class: ResourceServerEnvironment, name: 'RS_PORT', value: '-1', problem: 'must not be less than 0' },
    {
      Class: ResourceServerEnvironment,
      name: 'INTROSPECTION_CACHE_SECONDS',
      value: '11',
      problem: 'must not be greater than 10',
    },
    {
      Class: ResourceServerEnvironment,
      name: 'TOKEN_HEADER',
      value: 'Authorization',
      problem: 'must be the name of a header that begins with X-, and not X-Forwarded- or X-CSRF-',
    },
    {
      Class: ResourceServerEnvironment,
      name: 'TOKEN_HEADER',
      value: 'Cookie',
      problem: 'must be the name of a header that begins with X-, and not X-Forwarded- or X-CSRF-',
    },
    {
      Class: ResourceServerEnvironment,
      name: 'TOKEN_HEADER',
      value: 'X-Forwarded-For',
      problem: 'must be the name of a header that begins with X-, and not X-Forwarded- or X-CSRF-',
    },
    {
      Class: ResourceServerEnvironment,
      name: 'TOKEN_HEADER',
      value: 'X-CSRF-Token',
      problem: 'must be the name of a header that begins with X-, and not X-Forwarded- or X-CSRF-',
    },
    {
      Class: ResourceServerEnvironment,
      name: 'TOKEN_HEADER',
      value: 'X-A b',
      problem: 'must be the name of a header that begins with X-, and not X-Forwarded- or X-CSRF-',
    },
    {
      Class: ResourceServerEnvironment,
      name: 'REDIS_URL',
      value: 'http://redis',
      problem: 'must be a URL that begins with redis:// or rediss://',
    },
    { Class: ResourceServerEnvironment, name: 'CHALLENGE_BODY', value: 'yes', problem: 'must be true or false' },
    { Class: ResourceServerEnvironment, name: 'CHALLENGE_BODY', value: 'TRUE', problem: 'must be true or false' },
    {
      Class: ResourceServerEnvironment,
      name: 'CHALLENGE_BODY',
      value: 'constructor',
      problem: 'must be true or false',
    },
    { Class: ResourceServerEnvironment, name: 'RS_CLIENT_SECRET', value: undefined, problem: 'is required' },
    {
      Class: AuthorizationServerEnvironment,
      name: 'PARTIAL_GRANTS',
      value: 'some',
      problem: 'must be one of the following values: never, ticket-complete, any',
    },
    {
      Class: AuthorizationServerEnvironment,
      name: 'CLAIM_LIFETIME_SECONDS',
      value: '0',
      problem: 'must not be less than 1',
    },
    {
      Class: AuthorizationServerEnvironment,
      name: 'CLAIM_ISSUERS',
      value: 'clinic',
      problem: 'must be an absolute http or https URL',
    },
    {
      Class: AuthorizationServerEnvironment,
      name: 'AUTHZEN_PDP',
      value: 'pdp',
      problem: 'must be an absolute http or https URL',
    },
    {
      Class: ResourceServerEnvironment,
      name: 'SECURITY_EVENTS_URL',
      value: '/security-events',
      problem: 'must be an absolute http or https URL',
    },
    {
      Class: ResourceServerEnvironment,
      name: 'SENSOR_TIME_ZONE',
      value: 'Mars/Base',
      problem: 'must be a valid IANA time-zone',
    },
    {
      Class: ResourceServerEnvironment,
      name: 'RS_BASE_URL',
      value: 'localhost:4000',
      problem: 'must be an absolute http or https URL',
    },
    {
      Class: ResourceServerEnvironment,
      name: 'RS_BASE_URL',
      value: 'ftp://rs',
      problem: 'must be an absolute http or https URL',
    },
    {
      Class: ResourceServerEnvironment,
      name: 'RS_BASE_URL',
      value: 'https://',
      problem: 'must be an absolute http or https URL',
    },
    {
      Class: ResourceServerEnvironment,
      name: 'RS_BASE_URL',
      value: 'https://rs?x',
      problem: 'must have neither query nor fragment',
    },
    {
      Class: ResourceServerEnvironment,
      name: 'RS_BASE_URL',
      value: 'https://u:p@rs',
      problem: 'must hold neither user name nor password',
    },
    ...['https://as.example.org/', 'https://as.example.org/t1/'].map((value) => ({
      Class: AuthorizationServerEnvironment,
      name: 'AS_ISSUER',
      value,
      problem: 'must not end in a slash: the addresses of the server are made by appending to it',
    })),
    {
      Class: AuthorizationServerEnvironment,
      name: 'NODE_ENV',
      value: 'staging',
      problem: 'must be one of the following values: development, production, test',
    },
    {
      Class: AuthorizationServerEnvironment,
      name: 'LOG_LEVEL',
      value: 'loud',
      problem: 'must be one of the following values: silent, fatal, error, warn, info, debug, trace',
    },
    {
      Class: AuthorizationServerEnvironment,
      name: 'DATABASE_URL',
      value: 'mysql://x',
      problem: 'must be a URL that begins with postgres:// or postgresql://',
    },
    ...['10.0.0.300', '10.0.0.0/33', '10.0.0.0/0', '::1/129', 'localhost', '127.1', '10.0.0.0/x'].map((value) => ({
      Class: AuthorizationServerEnvironment,
      name: 'TRUST_PROXY',
      value: `10.0.0.1, ${value}`,
      problem: 'must hold IP addresses, networks such as 10.0.0.0/8, or loopback, linklocal, uniquelocal',
    })),
    ...['Пульс', 'two\nlines', 'a "b"', 'a\\b', 'bell\u0007'].map((value) => ({
      Class: ResourceServerEnvironment,
      name: 'UMA_REALM',
      value,
      problem: 'must be printable ASCII without quotation marks and backslashes',
    })),
    {
      Class: AuthorizationServerEnvironment,
      name: 'DATABASE_URL',
      value: 'postgres:foo',
      problem: 'must be a URL that begins with postgres:// or postgresql://',
    },
    {
      Class: AuthorizationServerEnvironment,
      name: 'HTTP_PROXY',
      value: 'http:proxy:3128',
      problem: 'must be a URL that begins with http:// or https://',
    },
    {
      Class: AuthorizationServerEnvironment,
      name: 'DATABASE_URL',
      value: 'a file',
      problem: 'must be a URL that begins with postgres:// or postgresql://',
    },
    {
      Class: AuthorizationServerEnvironment,
      name: 'SECRET_KEY',
      value: 'short',
      problem: 'must have at least 32 characters',
    },
    { Class: AuthorizationServerEnvironment, name: 'SECRET_KEY', value: undefined, problem: 'is required' },
    {
      Class: AuthorizationServerEnvironment,
      name: 'AS_ACCOUNTS',
      value: '[{"password":"hush',
      problem: 'must be a JSON array of objects',
    },
    {
      Class: AuthorizationServerEnvironment,
      name: 'AS_ACCOUNTS',
      value: '{}',
      problem: 'must be a JSON array of objects',
    },
    {
      Class: AuthorizationServerEnvironment,
      name: 'AS_CLIENTS',
      value: '["hush"]',
      problem: 'must be a JSON array of objects',
    },
    { Class: AuthorizationServerEnvironment, name: 'RATE_LIMIT_TOKEN', value: '0', problem: 'must not be less than 1' },
    {
      Class: ClientEnvironment,
      name: 'RESOURCE_SERVERS',
      value: 'https://rs',
      problem: 'must hold pairs origin=issuer; each part must be an absolute http or https URL',
    },
    {
      Class: ResourceServerEnvironment,
      name: 'AS_PRESET',
      value: 'solidlab',
      problem:
        'must be one of the following values: standard, keycloak, gluu3, janssen, pingam, forgerock, wso2, gravitee',
    },
    {
      Class: ResourceServerEnvironment,
      name: 'AS_NAME',
      value: 'x'.repeat(81),
      problem: 'must have 1 to 80 characters',
    },
    {
      Class: ResourceServerEnvironment,
      name: 'AUTHORIZATION_SERVERS',
      value: '[{"id":"a","issuer":"as.example","client_id":"rs","client_secret":"hush"}]',
      problem: 'must name issuers; each must be an absolute http or https URL',
    },
    {
      Class: ResourceServerEnvironment,
      name: 'AUTHORIZATION_SERVERS',
      value: '[{"id":"a","issuer":"http://localhost:8080","client_id":"rs","client_secret":"hush"}]',
      problem: 'must name no issuer twice, nor AS_ISSUER',
    },
    {
      Class: ResourceServerEnvironment,
      name: 'AUTHORIZATION_SERVERS',
      value:
        '[{"id":"a","issuer":"https://a.example","client_id":"rs","client_secret":"hush"},' +
        '{"id":"a","issuer":"https://b.example","client_id":"rs","client_secret":"hush"}]',
      problem: 'must give each server an id of its own',
    },
  ])('with $name=$value is refused by name and rule', ({ Class, name, value, problem }) => {
    const source = { SECRET_KEY: KEY, RS_CLIENT_SECRET: 'rs', CLIENT_SECRET: 'c', [name]: value };
    expect(problemsOf(() => readEnvironment(Class, source))).toEqual([`${name} ${problem}`]);
  });

  it('opens no port for old sensors without the credential of the sensor that they stand for', () => {
    expect(problemsOf(() => resourceServer({ OLD_SENSOR_PORT: '1337' }))).toEqual([
      'OLD_SENSOR_CREDENTIAL is required',
    ]);
    const fault = 'OLD_SENSOR_PORT must not be greater than 65535';
    expect(problemsOf(() => resourceServer({ OLD_SENSOR_PORT: '65536', OLD_SENSOR_CREDENTIAL: 'c' }))).toEqual([fault]);
  });

  it('names every wrong variable at once', () => {
    const problems = problemsOf(() => readEnvironment(ClientEnvironment, { CLIENT_PORT: 'x', LOG_LEVEL: 'y' }));
    expect(problems.map((problem) => problem.split(' ')[0]).sort()).toEqual([
      'CLIENT_PORT',
      'CLIENT_SECRET',
      'LOG_LEVEL',
      'SECRET_KEY',
    ]);
  });

  it('names the place in a list of people, and no value of it', () => {
    const AS_ACCOUNTS = JSON.stringify([
      { username: 'ann', password: 'hush-hush', name: 'Ann', email: 'ann@example.org' },
      { username: '', password: 7, name: 'Bob', email: 'hush-hush' },
    ]);
    const problems = problemsOf(() => authorizationServer({ AS_ACCOUNTS }));
    expect([...problems].sort()).toEqual([
      'AS_ACCOUNTS[1].email must be an email',
      'AS_ACCOUNTS[1].password must be a string',
      'AS_ACCOUNTS[1].username should not be empty',
    ]);
  });

  it('names the place in a list of authorization servers, and no value of it', () => {
    const AUTHORIZATION_SERVERS = JSON.stringify([
      {
        id: 'a',
        issuer: 'https://a.example',
        client_id: 'rs',
        client_secret: 'hush-hush',
        preset: 'keycloak',
        name: 'A',
      },
      { id: 'B C', issuer: 'https://b.example', client_id: '', client_secret: 7, preset: 'solidlab', name: '' },
    ]);
    const problems = problemsOf(() => resourceServer({ AUTHORIZATION_SERVERS }));
    expect([...problems].sort()).toEqual([
      'AUTHORIZATION_SERVERS[1].client_id should not be empty',
      'AUTHORIZATION_SERVERS[1].client_secret must be a string',
      'AUTHORIZATION_SERVERS[1].id must be 1 to 32 small letters, digits and hyphens',
      'AUTHORIZATION_SERVERS[1].name must have 1 to 80 characters',
      'AUTHORIZATION_SERVERS[1].preset must be one of the following values: standard, keycloak, gluu3, janssen, pingam, forgerock, wso2, gravitee',
    ]);
  });

  it('is told without any of its values', () => {
    const marked = 'hush-hush';
    const source = Object.fromEntries(
      [
        'NODE_ENV',
        'LOG_LEVEL',
        'DATABASE_URL',
        'SECRET_KEY',
        'AS_ISSUER',
        'AS_PORT',
        'AS_CLIENTS',
        'AS_ACCOUNTS',
        'DEMO',
        'TRUST_PROXY',
      ].map((name) => [name, marked]),
    );
    const problems = problemsOf(() => readEnvironment(AuthorizationServerEnvironment, source));
    expect(problems).toHaveLength(10);
    expect(new ConfigurationError(problems).message).not.toContain(marked);
  });
});

describe('in production', () => {
  const NODE_ENV = 'production';
  const AS_ISSUER = 'https://as.example.org';
  const RS_BASE_URL = 'https://rs.example.org';

  it('a configuration with real secrets and encrypted addresses is accepted', () => {
    expect(problemsOf(() => resourceServer({ NODE_ENV, AS_ISSUER, RS_BASE_URL }))).toEqual([]);
  });

  it('an unencrypted address is accepted on this machine only', () => {
    expect(problemsOf(() => resourceServer({ NODE_ENV, AS_ISSUER: 'http://127.0.0.1:8080', RS_BASE_URL }))).toEqual([]);
    expect(problemsOf(() => resourceServer({ NODE_ENV, AS_ISSUER: 'http://as.example.org', RS_BASE_URL }))).toEqual([
      'AS_ISSUER must use https in production',
    ]);
    expect(problemsOf(() => client({ NODE_ENV, RESOURCE_SERVERS: 'https://rs.org=http://as.org' }))).toEqual([
      'RESOURCE_SERVERS must hold pairs origin=issuer; each part must use https in production',
    ]);
  });

  it('the addresses that claims, decisions and events come from or go to are encrypted', () => {
    const [CLAIM_ISSUERS, AUTHZEN_PDP] = ['https://idp.org,http://clinic.example.org', 'http://pdp.example.org'];
    expect(problemsOf(() => authorizationServer({ NODE_ENV, AS_ISSUER, CLAIM_ISSUERS, AUTHZEN_PDP }))).toEqual([
      'AUTHZEN_PDP must use https in production',
      'CLAIM_ISSUERS must use https in production',
    ]);
    const SECURITY_EVENTS_URL = 'http://instance-1.example.org/security-events';
    expect(problemsOf(() => resourceServer({ NODE_ENV, AS_ISSUER, RS_BASE_URL, SECURITY_EVENTS_URL }))).toEqual([
      'SECURITY_EVENTS_URL must use https in production',
    ]);
  });

  it.each(['fraunhofer', 'Demo', 'testsecret', 'this-secret-id-is-for-demo-only'])(
    'the well-known secret %s is refused',
    (RS_CLIENT_SECRET) => {
      expect(problemsOf(() => resourceServer({ NODE_ENV, RS_CLIENT_SECRET }))).toEqual([
        'RS_CLIENT_SECRET must not hold a well-known demo secret in production',
      ]);
      expect(problemsOf(() => resourceServer({ RS_CLIENT_SECRET }))).toEqual([]);
    },
  );

  it('a well-known secret is found inside of lists too', () => {
    const AS_ACCOUNTS = JSON.stringify([{ username: 'a', password: 'demo', name: 'A', email: 'a@example.org' }]);
    const AS_CLIENTS = JSON.stringify([{ client_id: 'rs', client_secret: 'fraunhofer' }]);
    expect(problemsOf(() => authorizationServer({ NODE_ENV, AS_ACCOUNTS, AS_CLIENTS }))).toEqual([
      'AS_CLIENTS must not hold a well-known demo secret in production',
      'AS_ACCOUNTS must not hold a well-known demo secret in production',
    ]);
  });

  it('further authorization servers have to use https too', () => {
    const server = { id: 'a', issuer: 'http://as.example', client_id: 'rs', client_secret: 'hush-hush' };
    const AUTHORIZATION_SERVERS = JSON.stringify([server]);
    expect(problemsOf(() => resourceServer({ AUTHORIZATION_SERVERS }))).toEqual([]);
    expect(problemsOf(() => resourceServer({ NODE_ENV, AUTHORIZATION_SERVERS }))).toEqual([
      'AUTHORIZATION_SERVERS must name issuers; each must use https in production',
    ]);
  });

  it('the switches for development are refused', () => {
    expect(problemsOf(() => client({ NODE_ENV, DEMO: 'true', DEV_SHOW_TOKENS: 'true' }))).toEqual([
      'DEMO must be false in production',
      'DEV_SHOW_TOKENS must be false in production',
    ]);
  });
});
