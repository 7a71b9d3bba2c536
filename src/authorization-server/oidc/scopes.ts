import { PAT_SCOPE } from '../../uma/protocol/constants.js';
import { SSF_MANAGE_SCOPE } from '../../uma/protocol/shared-signals.js';

/** Scope of an access token that may read and change its person's shares. */
export const SHARING_SCOPE = 'sharing';

/** Scope of an access token that may do what its person may as an administrator. */
export const ADMINISTRATION_SCOPE = 'administration';

/**
 * The scopes of this server itself, each with what a person allows by it, in words that complete "Pulse Viewer wants
 * to …". Scopes of resources are none of these: no consent gives them, only a share.
 */
const MEANINGS: Readonly<Record<string, string>> = {
  openid: 'know who you are',
  profile: 'see your name',
  email: 'see your e-mail address',
  [PAT_SCOPE]: 'let you manage who sees your heart rate',
  [SHARING_SCOPE]: 'see with whom you share, and change it',
  [SSF_MANAGE_SCOPE]: 'be told at once when you stop sharing',
  [ADMINISTRATION_SCOPE]: 'administer this server, if you are one of its administrators',
  read: 'read the demonstration’s text',
  write: 'change the demonstration’s text',
  offline_access: 'go on with this while you are away, until you withdraw it',
};

/** Every scope that the provider itself knows. */
export const PROVIDER_SCOPES: readonly string[] = Object.keys(MEANINGS);

/** What a person allows by each of `scopes`; the unknown ones are left out. */
export function meaningsOf(scopes: readonly string[]): readonly string[] {
  return PROVIDER_SCOPES.filter((scope) => scopes.includes(scope)).flatMap((scope) => MEANINGS[scope] ?? []);
}
