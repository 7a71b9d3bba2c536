import * as constants from './constants.js';

it('spells every constant as the standards do (UMA 2.0 Grant 2, 3.2.2, 3.3.1; Federated Authorization 1.3)', () => {
  expect(constants).toMatchObject({
    UMA_TICKET_GRANT_TYPE: 'urn:ietf:params:oauth:grant-type:uma-ticket',
    PAT_SCOPE: 'uma_protection',
    UMA_DISCOVERY_PATH: '/.well-known/uma2-configuration',
    ID_TOKEN_CLAIM_FORMAT: 'http://openid.net/specs/openid-connect-core-1_0.html#IDToken',
    AS_UNREACHABLE_WARNING: '199 - "UMA Authorization Server Unreachable"',
  });
});

it('understands the format it sends', () => {
  expect(constants.ID_TOKEN_CLAIM_FORMATS).toContain(constants.ID_TOKEN_CLAIM_FORMAT);
});
