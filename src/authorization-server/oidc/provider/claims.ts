import type { Account as ProviderAccount } from 'oidc-provider';

import type { Account } from '../accounts/accounts.js';

/**
 * An account in the provider's terms: its identifier and what may be said about the person. To the provider there is
 * nobody whose account is suspended.
 */
export function claimsOf(account: Account | undefined): ProviderAccount | undefined {
  if (account === undefined || account.suspended) return undefined;
  const { id, name, email, emailVerified } = account;
  return {
    accountId: id,
    claims: () => ({ sub: id, name, email, email_verified: emailVerified }),
  };
}
