import type { AuthOptions, SignInServer } from '../auth/auth.options.js';
import type { PresetName } from '../common/preset-names.js';
import type { Secret } from '../common/secret.js';
import { PRESETS } from '../uma/protocol/presets.js';

/** An authorization server where owners sign in and which protects what is theirs, and who this resource server is there. */
export interface OwnersServer extends Pick<SignInServer, 'name' | 'id'> {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: Secret;
  /** What product it is; one that keeps to the standard, when left out. */
  readonly preset?: PresetName;
}

/** The authorization servers of the owners; the first is where they go who name none. */
export type OwnersServers = readonly [OwnersServer, ...OwnersServer[]];

/**
 * Where owners sign in: each sign-in asks who the owner is, and for a PAT that lasts beyond her visit (FH-12), as the
 * product wants it asked.
 */
export function signInServersOf([main, ...others]: OwnersServers): AuthOptions['servers'] {
  return [signInServerOf(main), ...others.map(signInServerOf)];
}

function signInServerOf({ preset = 'standard', ...server }: OwnersServer): SignInServer {
  const { scope: patScope, offlineScope } = PRESETS[preset].pat;
  const scopes = ['openid', patScope, offlineScope].filter((scope) => scope !== null).join(' ');
  return { ...server, scopes, patScope };
}
