import { ConsoleLogger } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { IoAdapter } from '@nestjs/platform-socket.io';

import { AlbumModule } from './album.module.js';
import { DEMO, DEMO_ISSUER } from './demo.js';
import { demoAuthorizationServer } from './demo-authorization-server.js';

const authorizationServer = await demoAuthorizationServer();
const album = AlbumModule.register({ url: DEMO.url, issuer: DEMO_ISSUER, ...DEMO.album });
const app = await NestFactory.create<NestFastifyApplication>(album, new FastifyAdapter(), {
  logger: new ConsoleLogger({ logLevels: ['log', 'warn', 'error'] }),
});
app.useWebSocketAdapter(new IoAdapter(app));
app.use('/as', authorizationServer.handle);
await app.listen(Number(new URL(DEMO.url).port), 'localhost');

console.log(`The album is at ${DEMO.url}: Alice (password demo) begins at ${DEMO.url}/login.`);

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void app.close().then(() => authorizationServer.close()));
}
