import { AuthorizationServerEnvironment } from '../config/authorization-server.environment.js';
import { ClientEnvironment } from '../config/client.environment.js';
import { readEnvironment } from '../config/read-environment.js';
import { ResourceServerEnvironment } from '../config/resource-server.environment.js';
import { settingsOf } from '../config/setting.decorator.js';
import { demoEnvironments } from './demo-environment.js';
import { demoAddresses, newDemoWorld } from './demo-world.js';

describe('the environment of the demo', () => {
  const world = newDemoWorld(demoAddresses(5000));
  const told = demoEnvironments(world, '/somewhere/.data');
  const key = { SECRET_KEY: 'a key that the process makes itself' };
  const as = readEnvironment(AuthorizationServerEnvironment, { ...told.authorizationServer, ...key });
  const rs = readEnvironment(ResourceServerEnvironment, { ...told.resourceServer, ...key });
  const client = readEnvironment(ClientEnvironment, { ...told.client, ...key });

  it('puts each server on its port, below the base that was asked for', () => {
    expect([client.port.number, rs.port.number, as.port.number]).toEqual([5030, 5040, 5080]);
    expect([client.CLIENT_BASE_URL, rs.RS_BASE_URL]).toEqual(['http://localhost:5030', 'http://localhost:5040']);
  });

  it('lets all three trust the same authorization server and keep their files in one folder', () => {
    for (const { AS_ISSUER, DATA_DIR, DEMO } of [as, rs, client]) {
      expect({ AS_ISSUER, DATA_DIR, DEMO }).toEqual({
        AS_ISSUER: 'http://localhost:5080',
        DATA_DIR: '/somewhere/.data',
        DEMO: true,
      });
    }
  });

  it('makes the two servers known at the authorization server under their secrets', () => {
    const secretOf = (id: string) => as.AS_CLIENTS.find(({ client_id }) => client_id === id)?.client_secret?.reveal();
    expect(secretOf(rs.RS_CLIENT_ID)).toBe(rs.RS_CLIENT_SECRET.reveal());
    expect(secretOf(client.CLIENT_ID)).toBe(client.CLIENT_SECRET.reveal());
    expect(secretOf('testclient')).toBe('testsecret');
    expect(secretOf('this-client-id-is-for-demo-only')).toBe('this-secret-id-is-for-demo-only');
  });

  it('serves Alice’s heart rate at /hearthRate, whoever else has one', () => {
    const alice = as.AS_ACCOUNTS.find(({ username }) => username === 'alice');
    expect(alice?.sub).toBe(rs.LEGACY_OWNER);
    expect(as.AS_ACCOUNTS.map(({ username }) => username)).toEqual(['alice', 'bob', 'carol']);
  });

  it.each([
    [AuthorizationServerEnvironment, told.authorizationServer],
    [ResourceServerEnvironment, told.resourceServer],
    [ClientEnvironment, told.client],
  ])('raises every rate limit of %p', (environment, variables) => {
    const limits = settingsOf(environment).filter(({ name }) => name.startsWith('RATE_LIMIT_'));
    expect(limits.length).toBeGreaterThan(0);
    for (const { name } of limits) expect(Number(variables[name])).toBeGreaterThan(60_000);
  });

  it('has secrets of its own in every world', () => {
    const other = newDemoWorld(demoAddresses(5000));
    const secrets = [world, other].flatMap(({ clients, registrationToken }) => [
      clients.client.clientSecret,
      clients.resourceServer.clientSecret,
      registrationToken,
    ]);
    expect(new Set(secrets).size).toBe(6);
  });

  it('uses the ports of the README when no base is given', () => {
    expect(demoAddresses()).toEqual({
      client: 'http://localhost:3000',
      resourceServer: 'http://localhost:4000',
      issuer: 'http://localhost:8080',
    });
  });
});
