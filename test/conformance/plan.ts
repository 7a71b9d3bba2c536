import { demoTarget, readTarget, similarDemo, type Target } from './drivers/target.js';
import { type DriverName, type Options, UsageError } from './options.js';

/** What a run tests; what is missing is not tested. */
export interface Plan {
  readonly authorizationServer?: { readonly target: Target; readonly driver: DriverName };
  /** Adapter of a resource server. */
  readonly resourceServer?: string;
  /** Adapter of a client. */
  readonly client?: string;
}

/**
 * Finds out what the options name.
 *
 * @param dataFolder where the demo world is, if there is one
 * @throws UsageError when that is nothing
 */
export function planOf(options: Options, dataFolder: string): Plan {
  const authorizationServer = authorizationServerOf(options, dataFolder);
  // Whoever tests our own authorization server tests the others of ours too.
  const others = authorizationServer?.driver === 'pulsegate' ? 'pulsegate' : 'none';
  const { resourceServer = others, client = others } = options;
  const plan = {
    ...(authorizationServer !== undefined && { authorizationServer }),
    ...(resourceServer !== 'none' && { resourceServer }),
    ...(client !== 'none' && { client }),
  };
  if (Object.keys(plan).length === 0) throw new UsageError('Nothing is named that could be tested.');
  return plan;
}

/** What is known of a server: by a file, or because it is the demo's. */
function authorizationServerOf(
  { as: issuer, config, driver }: Options,
  dataFolder: string,
): Plan['authorizationServer'] {
  if (issuer === undefined) return undefined;
  if (config !== undefined) return { target: { ...readTarget(config), issuer }, driver: driver ?? 'by-hand' };
  const demo = demoTarget(issuer, dataFolder);
  const meant = demo === undefined && driver !== 'by-hand' ? similarDemo(issuer, dataFolder) : undefined;
  if (meant !== undefined) throw new UsageError(`The issuer of the demo is ${meant}, to the letter: give --as that.`);
  return { target: demo ?? { issuer }, driver: driver ?? (demo === undefined ? 'by-hand' : 'pulsegate') };
}
