import * as client from 'openid-client';
import { MemoryRptStore, Secret, SystemClock, UmaClient } from 'pulsegate/uma-client';

import { DEMO, DEMO_ISSUER } from './demo.js';

const [address = `${DEMO.url}/photos/beach`, method = 'GET'] = process.argv.slice(2);
const { clientId, clientSecret } = DEMO.viewer;

// Somebody signs in, in a browser on whatever device.
const configuration = await client.discovery(
  new URL(DEMO_ISSUER),
  clientId,
  undefined,
  client.ClientSecretBasic(clientSecret),
  { execute: [client.allowInsecureRequests] },
);
const device = await client.initiateDeviceAuthorization(configuration, { scope: 'openid' });
console.log(`Sign in at ${device.verification_uri_complete}`);
const tokens = await client.pollDeviceAuthorizationGrant(configuration, device);
const { iss: issuer = '', sub: subject = '' } = tokens.claims() ?? {};

// The album refuses with a ticket, the ticket becomes a token, and the photo is asked for again.
const uma = new UmaClient({
  clientId,
  clientSecret: new Secret(clientSecret),
  trusted: new Map([[DEMO.url, [DEMO_ISSUER]]]),
  store: new MemoryRptStore(),
  clock: new SystemClock(),
});
const idToken = () => Promise.resolve(tokens.id_token === undefined ? undefined : new Secret(tokens.id_token));
const answer = await uma.read(address, { issuer, subject, idToken }, { method });
console.log(answer.kind === 'answered' ? await answer.response.text() : `It is not to be seen: ${answer.kind}.`);
