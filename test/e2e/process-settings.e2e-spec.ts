import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { NestFastifyApplication } from '@nestjs/platform-fastify';

import { authorizationServerProcess } from '../../src/apps/authorization-server.process.js';
import { resourceServerProcess } from '../../src/apps/resource-server.process.js';
import { AdminOptions } from '../../src/authorization-server/admin/admin-options.js';
import { AuthZenDecisionPoint } from '../../src/authorization-server/policy/authzen/authzen.decision-point.js';
import { DecisionPoint } from '../../src/authorization-server/policy/decision-point.js';
import { UmaOptions } from '../../src/authorization-server/uma/uma-options.js';
import { createApp } from '../../src/bootstrap/create-app.js';
import type { ProcessDescription } from '../../src/bootstrap/run-process.js';
import type { CommonEnvironment } from '../../src/config/common.environment.js';
import { readEnvironment } from '../../src/config/read-environment.js';
import { FakeAuthorizationServer } from '../../src/testing/index.js';
import { eventually } from '../support/eventually.js';
import { freePort } from '../support/free-port.js';

describe('the settings of a process', () => {
  let folder: string;
  let app: NestFastifyApplication;

  const start = async <Environment extends CommonEnvironment>(
    { environment: settings, module, appOptions, name }: ProcessDescription<Environment>,
    source: Readonly<Record<string, string>>,
  ): Promise<void> => {
    const common = { DATA_DIR: folder, SECRET_KEY: 'secret key of a test, long enough for it' };
    const environment = readEnvironment(settings, { ...common, ...source });
    const options = { ...appOptions(environment), name, logLevel: 'silent' as const, trustProxy: [] };
    app = await createApp(await module(environment, { isSeeded: () => true }), options);
    await app.listen(await freePort(), '127.0.0.1');
  };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'pulsegate-settings-'));
  });
  afterEach(async () => {
    await app.close();
    rmSync(folder, { recursive: true });
  });

  it('of the authorization server are what its profile tells', async () => {
    await start(authorizationServerProcess, {
      PARTIAL_GRANTS: 'any',
      TICKET_LIFETIME_SECONDS: '61',
      RPT_LIFETIME_SECONDS: '62',
      RPT_REFRESH_LIFETIME_SECONDS: '63',
      CLAIM_LIFETIME_SECONDS: '64',
    });
    const { choices } = (await app.inject('/uma/profile')).json<{ choices: { id: string; value: unknown }[] }>();
    expect(Object.fromEntries(choices.map(({ id, value }) => [id, value]))).toMatchObject({
      'partial-grants': 'any',
      'ticket-lifetime-seconds': 61,
      'rpt-lifetime-seconds': 62,
      'refresh-lifetime-seconds': 63,
      'claim-lifetime-seconds': 64,
    });
  });

  it('of the authorization server reach who believes, decides and administers', async () => {
    await start(authorizationServerProcess, {
      CLAIM_ISSUERS: 'https://idp.test, https://clinic.test',
      AUTHZEN_PDP: 'https://pdp.test',
      AUTHZEN_PDP_TOKEN: 'token of a decision point',
      AS_ADMINISTRATORS: 'alice,carol',
    });
    const claimIssuers = ['https://idp.test', 'https://clinic.test'];
    expect(app.get(UmaOptions, { strict: false })).toMatchObject({ claimIssuers });
    expect(app.get(DecisionPoint, { strict: false })).toBeInstanceOf(AuthZenDecisionPoint);
    expect(app.get(AdminOptions, { strict: false })).toMatchObject({ administrators: ['alice', 'carol'] });
  });

  it.each([
    [{ SECURITY_EVENTS_URL: 'http://127.0.0.1:9/instance-2' }, 'http://127.0.0.1:9/instance-2'],
    [{}, 'http://127.0.0.1:9/rs/security-events'],
  ])('of the resource server say where it is told of withdrawals: %j', async (settings, endpoint) => {
    const transmitter = await FakeAuthorizationServer.start({
      audience: 'http://127.0.0.1:9/rs',
      securityEvents: true,
    });
    await start(resourceServerProcess, {
      AS_ISSUER: transmitter.issuer,
      RS_CLIENT_ID: 'resource-server',
      RS_CLIENT_SECRET: 'secret of a test',
      RS_BASE_URL: 'http://127.0.0.1:9/rs',
      ...settings,
    });
    await eventually(() => transmitter.callsTo('streams').length > 0);
    expect(transmitter.callsTo('streams')[0]?.body).toMatchObject({ delivery: { endpoint_url: endpoint } });
    await transmitter.stop();
  });
});
