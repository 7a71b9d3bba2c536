import { Logger } from '@nestjs/common';

import { describeOnEachDatabase } from '../../test/support/databases.js';
import { FixedClock } from '../common/clock.fake.js';
import { resourceMigrations, type ResourceTables } from '../database/resource-server/resources.js';
import type { ProtectionApi } from '../uma/protection-api/protection-api.js';
import { OwnedResources } from './owned-resources.js';
import { FakeProtectionApi } from './protection-api.fake.js';
import { Registrations } from './registrations.js';
import { ResourceRegistrar } from './resource-registrar.js';

const ALICE = { issuer: 'https://as.example', subject: 'alice' };
const BOB = { issuer: 'https://as.example', subject: 'bob' };
const A_DAY_MS = 86_400_000;

describeOnEachDatabase('the registrar', (open) => {
  let api: FakeProtectionApi;
  const stops: (() => Promise<void>)[] = [];

  const aRegistrar = async (retryDelayMs = 1) => {
    const database = await open<ResourceTables>(resourceMigrations);
    api = new FakeProtectionApi();
    const options = { baseUrl: 'http://localhost:4000', retryDelayMs };
    const resources = new OwnedResources(database, new FixedClock());
    const registrations = new Registrations(resources, api as unknown as ProtectionApi, options);
    const registrar = new ResourceRegistrar(registrations, resources, options);
    stops.push(() => registrar.beforeApplicationShutdown());
    return { registrar, resources };
  };
  const until = async (holds: () => boolean): Promise<void> => {
    while (!holds()) await new Promise(setImmediate);
  };

  beforeEach(() => {
    jest.spyOn(Logger.prototype, 'warn').mockReturnValue();
  });
  afterEach(async () => {
    for (const stop of stops.splice(0)) await stop();
  });

  it('registers the resource of an owner at her first sign-in, and notes what she is called', async () => {
    const { registrar, resources } = await aRegistrar();
    await registrar.signedIn(ALICE, 'Alice Rivers');
    expect([...api.registered.keys()]).toEqual(['alice-1']);
    expect(await resources.ofOwner(ALICE)).toMatchObject({ ownerName: 'Alice Rivers', umaResourceId: 'alice-1' });
  });

  it('keeps it in step at every later sign-in, and what she is called too', async () => {
    const { registrar, resources } = await aRegistrar();
    await registrar.signedIn(ALICE, 'Alice Rivers');
    api.registered.clear();
    await registrar.signedIn(ALICE);
    await registrar.signedIn(ALICE, 'Alice Stone');
    expect([...api.registered.keys()]).toEqual(['alice-2']);
    expect(await resources.ofOwner(ALICE)).toMatchObject({ ownerName: 'Alice Stone', umaResourceId: 'alice-2' });
  });

  it('lets a sign-in succeed while nothing can be registered', async () => {
    const { registrar, resources } = await aRegistrar();
    api.away = true;
    await registrar.signedIn(ALICE);
    expect(await resources.ofOwner(ALICE)).not.toHaveProperty('umaResourceId');
  });

  it('registers again at the start what the authorization server lost (RS-8)', async () => {
    const { registrar, resources } = await aRegistrar();
    await registrar.signedIn(ALICE);
    await registrar.signedIn(BOB);
    api.registered.delete('alice-1');
    registrar.onApplicationBootstrap();
    await until(() => api.registered.has('alice-3'));
    await registrar.beforeApplicationShutdown();
    expect([...api.registered.keys()]).toEqual(['bob-2', 'alice-3']);
    expect(await resources.ofOwner(ALICE)).toMatchObject({ umaResourceId: 'alice-3' });
  });

  it('tries again after the start until the authorization server is back', async () => {
    const { registrar } = await aRegistrar();
    await registrar.signedIn(ALICE);
    api.registered.clear();
    api.away = true;
    const warned = jest.spyOn(Logger.prototype, 'warn');
    registrar.onApplicationBootstrap();
    await until(() => warned.mock.calls.length >= 3);
    api.away = false;
    await until(() => api.registered.has('alice-2'));
  });

  it('stops trying when the process stops', async () => {
    const { registrar } = await aRegistrar(A_DAY_MS);
    await registrar.signedIn(ALICE);
    api.away = true;
    const warned = jest.spyOn(Logger.prototype, 'warn');
    registrar.onApplicationBootstrap();
    await until(() => warned.mock.calls.length === 1);
    await registrar.beforeApplicationShutdown();
    expect(warned).toHaveBeenCalledTimes(1);
  });

  it('lets the process end while an authorization server does not answer', async () => {
    const { registrar } = await aRegistrar();
    await registrar.signedIn(ALICE);
    const asked = jest.spyOn(api, 'read').mockReturnValue(new Promise(() => undefined));
    registrar.onApplicationBootstrap();
    await until(() => asked.mock.calls.length === 1);
    await expect(registrar.beforeApplicationShutdown()).resolves.toBeUndefined();
  });

  it('says what went wrong with one registration, goes on to the next, and tries it again', async () => {
    const { registrar } = await aRegistrar();
    await registrar.signedIn(ALICE);
    await registrar.signedIn(BOB);
    api.registered.clear();
    const logged = jest.spyOn(Logger.prototype, 'error').mockReturnValue();
    jest.spyOn(api, 'read').mockRejectedValueOnce(new Error('a hiccup'));
    registrar.onApplicationBootstrap();
    await until(() => api.registered.size === 2);
    expect([...api.registered.keys()].map((id) => id.split('-')[0]).sort()).toEqual(['alice', 'bob']);
    expect(logged).toHaveBeenCalledWith('A registration failed.', expect.stringContaining('a hiccup'));
  });

  it('lets the process go on when it does not even learn who the owners are', async () => {
    const { registrar, resources } = await aRegistrar();
    const logged = jest.spyOn(Logger.prototype, 'error').mockReturnValue();
    jest.spyOn(resources, 'all').mockRejectedValue(new Error('a bug'));
    registrar.onApplicationBootstrap();
    await until(() => logged.mock.calls.length === 1);
    expect(logged).toHaveBeenCalledWith('Registrations could not be compared.', expect.stringContaining('a bug'));
  });
});
