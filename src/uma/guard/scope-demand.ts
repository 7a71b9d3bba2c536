import { missingScopes } from '../protocol/scopes.js';

/** Which scopes a call needs: all that are listed, or any one of `anyOf`; at each of its resources. */
export type ScopeDemand = readonly string[] | { readonly anyOf: readonly string[] };

/** Whether the scopes that are in effect at a resource are what a call needs there. */
export function meets(granted: readonly string[], demand: ScopeDemand): boolean {
  if ('anyOf' in demand) return demand.anyOf.some((scope) => granted.includes(scope));
  return missingScopes(demand, granted).length === 0;
}

/**
 * The scopes that a permission ticket asks for: no more than the call needs, because a ticket is granted as a whole. Of
 * several that would do it is the one in effect already, else the first.
 *
 * @see UMA 2.0 Grant section 3.2 (a reasonable set of permissions)
 */
export function scopesToAskFor(demand: ScopeDemand, granted: readonly string[]): readonly string[] {
  if (!('anyOf' in demand)) return demand;
  return [demand.anyOf.find((scope) => granted.includes(scope)), ...demand.anyOf].filter(isScope).slice(0, 1);
}

/** @throws Error when a demand names no scope: a permission without scopes is never access */
export function checkDemand(demand: ScopeDemand): void {
  const scopes = 'anyOf' in demand ? demand.anyOf : demand;
  if (scopes.length === 0) throw new Error('@UmaProtect needs at least one scope.');
}

const isScope = (scope: string | undefined): scope is string => scope !== undefined;
