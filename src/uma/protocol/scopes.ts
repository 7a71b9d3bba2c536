/** The values of a space-separated `scope` parameter, each once. @see RFC 6749 section 3.3 */
export function scopesOf(parameter: string | undefined): readonly string[] {
  return [...new Set((parameter ?? '').split(' ').filter((scope) => scope !== ''))];
}

/** The scopes of `wanted` that `granted` lacks. */
export function missingScopes(wanted: readonly string[], granted: readonly string[]): readonly string[] {
  return wanted.filter((scope) => !granted.includes(scope));
}

/** What the calculation of requested scopes rests on, for one resource of a permission ticket. */
export interface ScopeRequest {
  /** Scopes the resource server asked for: `TicketScopes(r)`. */
  readonly ticketScopes: readonly string[];
  /** Scopes the resource has now. */
  readonly availableScopes: readonly string[];
  /** Scopes the client is registered for: `RegisteredScopes`. */
  readonly registeredScopes: readonly string[];
  /** `scope` of this token request: `RequestedScopes`. */
  readonly requestedScopes: readonly string[];
}

/**
 * `RequestedScopes(r) = TicketScopes(r) ∪ (RegisteredScopes ∩ RequestedScopes)`, each only as far as the resource has it.
 *
 * @see UMA 2.0 Grant section 3.3.4
 */
export function requestedScopes(request: ScopeRequest): readonly string[] {
  const extra = request.requestedScopes.filter((scope) => request.registeredScopes.includes(scope));
  return [...new Set([...request.ticketScopes, ...extra])].filter((scope) => request.availableScopes.includes(scope));
}
