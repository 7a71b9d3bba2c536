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
});
