import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { ClientApplication, type Visitor } from '../support/client-application.js';

describe.each(['sqlite', 'postgres'] as const)('the routes kept from the systems before (%s)', (dialect) => {
  let client: ClientApplication;
  let bob: Visitor;
  const start = async (devShowTokens = false) => {
    client = await ClientApplication.start(dialect, { devShowTokens });
    client.hearts.bodies.set('/hearthRate', [{ measure: 72, time: '2018-09-27T16:24:19Z' }]);
    bob = await client.signIn('bob');
  };
  afterEach(async () => {
    await client.stop();
  });

  describe('/getHearthRate (FH-20)', () => {
    beforeEach(() => start());

    it('runs the flow, writes the file in the old form and answers with it', async () => {
      const answer = await client.ask('/getHearthRate', { as: bob });
      expect(answer).toMatchObject({ status: 200, text: 'Thu Sep 27 16:24:19 2018 | Hearth Rate: 72\n' });
      expect(answer.headers['content-type']).toBe('text/plain; charset=utf-8');
      expect(answer.headers['cache-control']).toBe('private, no-store');
      expect(await filesOf(client)).toEqual([answer.text]);
    });

    it('keeps a folder for each person', async () => {
      await client.ask('/getHearthRate', { as: bob });
      await client.ask('/getHearthRate', { as: await client.signIn('carol') });
      expect(await readdir(client.filesFolder)).toHaveLength(2);
    });

    it('leaves the file of before when there is nothing new to write', async () => {
      await client.ask('/getHearthRate', { as: bob });
      client.hearts.bodies.set('/hearthRate', { unexpected: true });
      const answer = await client.ask('/getHearthRate', { as: bob });
      expect([answer.status, answer.json()]).toMatchObject([500, { error: 'server_error' }]);
      expect(await filesOf(client)).toEqual(['Thu Sep 27 16:24:19 2018 | Hearth Rate: 72\n']);
    });

    it.each([
      ['request_denied', 403, { error: 'request_denied' }],
      ['request_submitted', 403, { error: 'request_submitted', ticket: 'next' }],
      ['need_info', 403, { error: 'need_info', ticket: 'next', required_claims: [{ name: 'email' }] }],
      ['server_error', 500, { error: 'invalid_target' }],
    ])('answers %s, without a ticket, when the flow ends so', async (error, status, body) => {
      client.world.as.outcomes.push(() => ({ status: 403, body }));
      const answer = await client.ask('/getHearthRate', { as: bob });
      expect(answer.status).toBe(status);
      expect(answer.json()).toEqual({ error, error_description: expect.any(String) as string });
      expect(await readdir(client.folder)).not.toContain('files');
    });

    it('says which server is away', async () => {
      await client.world.as.stop();
      const withoutOwner = await client.ask('/getHearthRate', { as: bob });
      expect([withoutOwner.status, withoutOwner.text]).toEqual([503, expect.stringContaining('authorization server')]);
      await client.hearts.stop();
      const withoutHearts = await client.ask('/getHearthRate', { as: bob });
      expect([withoutHearts.status, withoutHearts.text]).toEqual([503, expect.stringContaining('resource server')]);
    });

    it('says so when the resource server has no such route', async () => {
      client.hearts.bodies.clear();
      const answer = await client.ask('/getHearthRate', { as: bob });
      expect([answer.status, answer.json()]).toMatchObject([404, { error: 'not_found' }]);
    });
  });

  describe('/umaToken (FH-21)', () => {
    it('tells about the requesting party token, and hides the token itself', async () => {
      await start();
      const answer = await client.ask('/umaToken', { as: bob });
      expect(answer.json()).toEqual({
        access_token: '[redacted]',
        token_type: 'Bearer',
        issuer: client.world.as.issuer,
        expires_in: 900,
      });
      expect(client.world.as.issued).toHaveLength(1);
    });

    it('shows the token where a setting for development says so', async () => {
      await start(true);
      const answer = await client.ask('/umaToken', { as: bob });
      expect(answer.json()).toMatchObject({ access_token: client.world.as.issued[0] });
    });

    it('tells no end that the authorization server did not tell', async () => {
      await start();
      client.world.as.grant = { expires_in: undefined };
      expect((await client.ask('/umaToken', { as: bob })).json()).not.toHaveProperty('expires_in');
    });

    it('has none to tell about where the resource server asks for none', async () => {
      await start();
      client.hearts.override = () => ({ status: 200, body: [] });
      const answer = await client.ask('/umaToken', { as: bob });
      expect([answer.status, answer.json()]).toMatchObject([404, { error: 'not_found' }]);
    });
  });

  describe.each(['/getHearthRate', '/umaToken'])('%s without a session', (path) => {
    beforeEach(() => start());

    it('sends a person with a browser to sign in, and back', async () => {
      const page = await client.visit(path);
      expect(page.status).toBe(200);
      expect(page.url).toBe(`${client.baseUrl}${path}`);
      expect(page.body).toMatch(path === '/umaToken' ? 'redacted' : 'Hearth Rate: 72');
    });

    it('refuses a program', async () => {
      const answer = await client.ask(path);
      expect([answer.status, answer.json()]).toMatchObject([401, { error: 'login_required' }]);
    });
  });
});

async function filesOf({ filesFolder }: ClientApplication): Promise<readonly string[]> {
  const folders = await readdir(filesFolder);
  return Promise.all(folders.map((folder) => readFile(join(filesFolder, folder, 'hearthRate.txt'), 'utf8')));
}
