import { ConfigurationError } from '../config/configuration-error.js';
import { checkIssuerForms } from './issuer-forms.js';

describe('checkIssuerForms', () => {
  it('names every issuer that its product cannot have, and what one looks like', () => {
    const check = () => {
      checkIssuerForms([
        { variable: 'AS_ISSUER', issuer: 'https://kc.example', preset: 'keycloak' },
        { variable: 'AUTHORIZATION_SERVERS[0].issuer', issuer: 'https://am.example/heart/oidc', preset: 'gravitee' },
        { variable: 'AUTHORIZATION_SERVERS[1].issuer', issuer: 'https://am.example/am', preset: 'forgerock' },
      ]);
    };
    expect(check).toThrow(
      new ConfigurationError([
        'AS_ISSUER is no issuer of keycloak: that looks like https://keycloak.example/realms/heart',
        'AUTHORIZATION_SERVERS[1].issuer is no issuer of forgerock: that looks like https://am.example/am/oauth2/realms/root/realms/alpha',
      ]),
    );
  });

  it('takes any issuer for one that keeps to the standard', () => {
    expect(() => {
      checkIssuerForms([{ variable: 'AS_ISSUER', issuer: 'https://as.example/' }]);
    }).not.toThrow();
  });
});
