import { existsSync } from 'node:fs';
import { dirname } from 'node:path';

import { Client } from 'pg';

import { findPostgres, postgresDirectories, unprivilegedAccount } from './postgres-programs.js';
import { startPostgres } from './postgres-server.js';

describe('startPostgres', () => {
  it.each([true, false])(
    'starts a real server, and leaves neither it nor its files when stopped (programs within reach: %p)',
    async (withinReach) => {
      const account = unprivilegedAccount();
      const programs = await findPostgres(postgresDirectories(), account);
      const server = await startPostgres({ ...programs, withinReach }, account);
      const client = new Client({ connectionString: server.url });
      client.on('error', () => undefined); // the server ends the connection
      await client.connect();
      const { rows } = await client.query('show max_connections');
      expect(rows).toEqual([{ max_connections: '200' }]);

      await server.stop();
      expect(existsSync(dirname(server.scratchDirectory))).toBe(false);
      await expect(new Client({ connectionString: server.url }).connect()).rejects.toThrow('ECONNREFUSED');
    },
  );

  it('starts a server that can crash, and comes back with what was committed', async () => {
    const account = unprivilegedAccount();
    const server = await startPostgres(await findPostgres(postgresDirectories(), account), account);
    const ask = async (statement: string): Promise<unknown[]> => {
      const client = new Client({ connectionString: server.url });
      try {
        await client.connect();
        return (await client.query<object>(statement)).rows;
      } finally {
        await client.end();
      }
    };
    await ask('create table kept as select 7 as number');
    await server.crash();
    await expect(ask('select 1')).rejects.toThrow();
    await server.comeBack();
    expect(await ask('select number from kept')).toEqual([{ number: 7 }]);
    await server.crash();
    await server.stop();
    expect(existsSync(dirname(server.scratchDirectory))).toBe(false);
  });
});
