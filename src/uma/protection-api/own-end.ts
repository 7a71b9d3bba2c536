import { isJsonObject } from '../protocol/strict-json.js';
import type { Introspection } from './introspection.js';

/**
 * Has a token end when it says itself that it does, where the answer about it tells no end (SolidLab's server). Nobody has
 * checked what it says; but it can only make it worth less.
 */
export function endedByItself(introspection: Introspection, token: string): Introspection {
  if (!introspection.active || introspection.exp !== undefined) return introspection;
  const exp = ownEnd(token);
  return exp === undefined ? introspection : { ...introspection, exp };
}

function ownEnd(token: string): number | undefined {
  try {
    const claims: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));
    const exp = isJsonObject(claims) ? claims['exp'] : undefined;
    return typeof exp === 'number' && Number.isFinite(exp) ? exp : undefined;
  } catch {
    return undefined;
  }
}
