import { formatChallenge, type UmaChallenge } from '../protocol/challenge.js';
import { resourceMetadataUrl } from '../protocol/resource-metadata.js';
import { DPOP_ALGORITHMS } from './dpop-proofs.js';
import type { UmaModuleOptions } from './uma-module-options.js';

type ChallengeOptions = Pick<UmaModuleOptions, 'realm' | 'audience' | 'resourceMetadata' | 'extraChallenges'>;

/**
 * The `WWW-Authenticate` lines of a refusal: that of UMA with its ticket first, so that a client that reads one line reads
 * this one; then those for clients of plain OAuth, which are told what is wrong with the token or the proof that they
 * brought.
 *
 * @see UMA 2.0 Grant section 3.2.1, RFC 6750 section 3, RFC 9449 section 7.1, RFC 9728 section 5.1
 */
export function challengeLines(
  { asUri, ticket }: UmaChallenge,
  problem: 'invalid_token' | 'invalid_dpop_proof' | undefined,
  { realm, audience, resourceMetadata = true, extraChallenges = [] }: ChallengeOptions,
): readonly string[] {
  const metadata: Record<string, string> = resourceMetadata ? { resource_metadata: resourceMetadataUrl(audience) } : {};
  const error: Record<string, string> = problem === undefined ? {} : { error: problem };
  const algs = DPOP_ALGORITHMS.join(' ');
  // Whoever sends proofs is told what is wrong with one, even where the scheme is not offered to others.
  const schemes = new Set([...extraChallenges, ...(problem === 'invalid_dpop_proof' ? (['DPoP'] as const) : [])]);
  return [
    formatChallenge('UMA', { realm, as_uri: asUri, ticket, ...metadata }),
    ...[...schemes].map((scheme) =>
      formatChallenge(scheme, { realm, ...error, ...metadata, ...(scheme === 'DPoP' && { algs }) }),
    ),
  ];
}
