// A provider as the server2server example of node-oauth shows it: express, its OAuth server, everything in memory. Its
// first word is the folder where npm has put the packages.
import { createRequire } from 'node:module';
import { join } from 'node:path';

const [, , folder] = process.argv;
const require = createRequire(join(folder, 'package.json'));
const express = require('express');
const bodyParser = require('body-parser');
const OAuthServer = require('@node-oauth/express-oauth-server');

const SCOPES = ['read', 'write'];
const client = { id: 'machine', secret: 'secret-of-the-benchmark-machine', grants: ['client_credentials'] };
const clients = [client];
const tokens = new Map();

const findClient = (id, secret) => clients.find((each) => each.id === id && (!secret || each.secret === secret));

const model = {
  getClient: async (id, secret) => findClient(id, secret),
  getUserFromClient: async ({ id, secret }) => findClient(id, secret) && { id: 'system' },
  validateScope: async (_user, _client, scopes) => scopes.every((scope) => SCOPES.includes(scope)) && scopes,
  verifyScope: async (_token, scopes) => scopes.every((scope) => SCOPES.includes(scope)),
  getAccessToken: async (accessToken) => tokens.get(accessToken),
  saveToken: async (token, ofClient, user) => {
    const saved = { ...token, client: ofClient, user };
    tokens.set(token.accessToken, saved);
    return saved;
  },
};

const oauth = new OAuthServer({ model });
const app = express();
app.use(bodyParser.json());
app.use(bodyParser.urlencoded({ extended: false }));
app.get('/public', (_request, response) => response.send('moo'));
app.use('/token', oauth.token());
app.get('/read-resource', oauth.authenticate(), (_request, response) => response.send({ resource: null }));

const server = app.listen(0, '127.0.0.1', () => {
  process.send({ type: 'listening', origin: `http://127.0.0.1:${server.address().port}`, client });
});
process.once('SIGTERM', () => process.exit());
