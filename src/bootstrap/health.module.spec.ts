import { Injectable, Module } from '@nestjs/common';

import { HealthModule } from './health.module.js';
import { openProbeApp } from './probe-app.fake.js';

@Injectable()
class FakeDatabase {
  failure: Error | undefined;

  ping(): Promise<void> {
    return this.failure === undefined ? Promise.resolve() : Promise.reject(this.failure);
  }
}

const database = new FakeDatabase();

@Module({ providers: [{ provide: FakeDatabase, useValue: database }], exports: [FakeDatabase] })
class FakeDatabaseModule {}

const health = HealthModule.registerAsync({
  imports: [FakeDatabaseModule],
  inject: [FakeDatabase],
  useFactory: (injected: FakeDatabase) => [
    { name: 'database', check: () => injected.ping() },
    { name: 'authorization server', check: () => Promise.resolve() },
  ],
});

describe('health', () => {
  it('is alive without any check', async () => {
    const { app, inject } = await openProbeApp(HealthModule.register({ checks: [] }));
    const answer = await inject('/health/live');
    expect([answer.statusCode, answer.json(), answer.headers['cache-control']]).toEqual([
      200,
      { status: 'ok' },
      'no-store',
    ]);
    expect((await inject('/health/ready')).statusCode).toBe(200);
    await app.close();
  });

  it('is ready while all checks pass, and says which one failed but not why', async () => {
    const { app, inject, lines } = await openProbeApp(health);
    expect((await inject('/health/ready')).json()).toMatchObject({ status: 'ok', error: {} });
    database.failure = new Error('password hush is wrong');
    for (const answer of [await inject('/health/ready'), await inject('/health/ready')]) {
      expect(answer.statusCode).toBe(503);
      expect(answer.json()).toMatchObject({
        status: 'error',
        error: { database: { status: 'down' } },
        info: { 'authorization server': { status: 'up' } },
      });
      expect(answer.body).not.toContain('hush');
    }
    expect(lines.filter((line) => line.includes('Not ready: database'))).toHaveLength(1);
    database.failure = undefined;
    expect((await inject('/health/ready')).statusCode).toBe(200);
    database.failure = new Error('gone again');
    await inject('/health/ready');
    expect(lines.filter((line) => line.includes('Not ready: database'))).toHaveLength(2);
    await app.close();
  });
});
