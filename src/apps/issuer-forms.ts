import type { PresetName } from '../common/preset-names.js';
import { ConfigurationError } from '../config/configuration-error.js';
import { PRESETS } from '../uma/protocol/presets.js';

/** What the configuration says of an authorization server, and where. */
export interface NamedIssuer {
  /** The variable that holds the issuer, or the place in it. */
  readonly variable: string;
  readonly issuer: string;
  readonly preset?: PresetName | undefined;
}

/**
 * Finds addresses that cannot be the issuers of the products they are said to be: often they are those of the server
 * itself, and every sign-in would fail.
 *
 * @throws ConfigurationError naming each, and what one looks like
 */
export function checkIssuerForms(named: readonly NamedIssuer[]): void {
  const problems = named.flatMap(({ variable, issuer, preset = 'standard' }) => {
    const { issuerForm } = PRESETS[preset].discovery;
    if (issuerForm === undefined || issuerForm.pattern.test(issuer)) return [];
    return [`${variable} is no issuer of ${preset}: that looks like ${issuerForm.example}`];
  });
  if (problems.length > 0) throw new ConfigurationError(problems);
}
