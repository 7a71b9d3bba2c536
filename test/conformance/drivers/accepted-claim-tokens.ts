import { member } from '../http/answer.js';
import { ID_TOKEN_FORMAT } from '../identity/identity.js';
import type { ClaimTokens } from '../world/claim-tokens.js';
import type { Protocol } from '../world/protocol.js';
import type { Fixtures, PolicyDriver } from './driver.js';
import type { StandardSetup } from './standard-setup.js';

const SCOPE = 'heart-rate:read';

/**
 * Finds out whose claim tokens the server takes: those of the suite's own identity provider, with which every case can
 * be run, else those of its own sign-in.
 */
export async function acceptedClaimTokens(
  setup: StandardSetup,
  protocol: Protocol,
  fixtures: Omit<Fixtures, 'claimTokens'>,
  policy: PolicyDriver,
): Promise<ClaimTokens> {
  const own = setup.ownProviderTokens();
  if (await isAccepted(own, protocol, fixtures, policy)) return own;
  return (await setup.signInTokens()) ?? own;
}

async function isAccepted(
  claimTokens: ClaimTokens,
  protocol: Protocol,
  { clients: { c1 }, pats: { a1: pat } }: Omit<Fixtures, 'claimTokens'>,
  policy: PolicyDriver,
): Promise<boolean> {
  const id = member(await protocol.resources('POST', { bearer: pat, json: { resource_scopes: [SCOPE] } }), '_id');
  if (typeof id !== 'string') return false;
  try {
    await policy.permit({ id, owner: 'alice', pat }, claimTokens.bob, [SCOPE]);
    const asked = await protocol.permission({ bearer: pat, json: { resource_id: id, resource_scopes: [SCOPE] } });
    const answer = await protocol.redeem(c1, String(member(asked, 'ticket')), {
      claim_token: await claimTokens.good(claimTokens.bob, c1),
      claim_token_format: ID_TOKEN_FORMAT,
    });
    return answer.status === 200;
  } catch {
    return false;
  } finally {
    await protocol.resources('DELETE', { bearer: pat }, id);
  }
}
