import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, test } from 'node:test';

import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { IoAdapter } from '@nestjs/platform-socket.io';
import { Test } from '@nestjs/testing';
import { FakeAuthorizationServer, FixedClock, FixedPats, umaChallengeIn } from 'pulsegate/testing';
import { Clock, PatSource } from 'pulsegate/uma';
import { io } from 'socket.io-client';

import { AlbumModule } from '../src/album.module.js';
import { PhotoRegistrar } from '../src/photo-registrar.js';
import { Photos } from '../src/photos.js';

const clock = new FixedClock();
const url = 'http://album.test';
let as: FakeAuthorizationServer;
let app: NestFastifyApplication;

before(async () => {
  as = await FakeAuthorizationServer.start({ clock, audience: url });
  const settings = { url, issuer: as.issuer, clientId: 'photo-album', clientSecret: 'secret of a test' };
  const module = await Test.createTestingModule({ imports: [AlbumModule.register(settings)] })
    .overrideProvider(Clock)
    .useValue(clock)
    .overrideProvider(PatSource)
    .useValue(new FixedPats().set('alice', as.pat))
    .compile();
  app = module.createNestApplication<NestFastifyApplication>(new FastifyAdapter(), { logger: false });
  app.useWebSocketAdapter(new IoAdapter(app));
  await app.listen(0, '127.0.0.1');
  await app.get(PhotoRegistrar).protectFor({ issuer: as.issuer, subject: 'alice' });
});

after(async () => {
  await app.close();
  await as.stop();
});

/** A token that permits scopes at photos. */
async function tokenFor(...permissions: readonly [photo: string, ...scopes: string[]][]): Promise<string> {
  const photos = app.get(Photos);
  const entries = permissions.map(async ([photo, ...scopes]) => [(await photos.find(photo))?.umaResourceId, scopes]);
  return as.mint({ permissions: Object.fromEntries(await Promise.all(entries)) });
}

const call = (path: string, token?: string, method: 'GET' | 'POST' = 'GET') =>
  app.inject({ method, url: path, headers: token === undefined ? {} : { authorization: `Bearer ${token}` } });

test('a photo is refused with a ticket, and shown to who may view it', async () => {
  const refused = await call('/photos/beach');
  assert.deepEqual(umaChallengeIn(refused), { asUri: as.issuer, ticket: as.lastTicket });
  const shown = await call('/photos/beach', await tokenFor(['beach', 'view']));
  assert.deepEqual(shown.json(), { id: 'beach', title: 'The beach at dawn' });
});

test('printing needs a scope of its own, which is enough for the title', async () => {
  const viewing = await tokenFor(['beach', 'view']);
  assert.equal((await call('/photos/beach/prints', viewing, 'POST')).statusCode, 401);
  const printing = await tokenFor(['beach', 'print']);
  assert.equal((await call('/photos/beach/prints', printing, 'POST')).statusCode, 201);
  assert.equal((await call('/photos/beach/title', printing)).statusCode, 200);
  assert.equal((await call('/photos/beach', printing)).statusCode, 401);
});

test('an album opens when each of its photos is open; one ticket asks for all', async () => {
  assert.equal((await call('/albums/holiday', await tokenFor(['beach', 'view']))).statusCode, 401);
  const asked = as.callsTo('permission').at(-1)?.body as readonly object[];
  assert.equal(asked.length, 2);
  const shown = await call('/albums/holiday', await tokenFor(['beach', 'view'], ['harbour', 'view']));
  assert.equal(shown.json<unknown[]>().length, 2);
  assert.equal((await call('/albums/nowhere')).statusCode, 404);
});

test('photos are printed over a socket by who may print each of them', async () => {
  const token = await tokenFor(['beach', 'print']);
  const prints = `${await app.getUrl()}/prints`;
  const stranger = io(prints, { auth: { resource: 'beach' }, transports: ['websocket'], reconnection: false });
  const [refused] = await once(stranger as never, 'connect_error');
  assert.equal(umaChallengeIn(refused)?.asUri, as.issuer);
  const socket = io(prints, { auth: { resource: 'beach', token }, transports: ['websocket'] });
  assert.deepEqual(await socket.emitWithAck('print', { photos: ['beach'] }), { printing: ['beach'] });
  socket.emit('print', { photos: ['beach', 'garden'] });
  const [refusal] = await once(socket as never, 'exception');
  assert.equal(umaChallengeIn(refusal)?.asUri, as.issuer);
  socket.disconnect();
});

test('a withdrawal is noticed after ten seconds at the latest', async () => {
  const token = await tokenFor(['beach', 'view']);
  assert.equal((await call('/photos/beach', token)).statusCode, 200);
  await as.withdraw(token);
  clock.advanceMs(10_000);
  assert.equal((await call('/photos/beach', token)).statusCode, 401);
});
