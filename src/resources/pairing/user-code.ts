import { randomInt } from 'node:crypto';

/** Letters that spell no words, and that nobody mistakes for digits. @see RFC 8628 section 6.1 */
const LETTERS = 'BCDFGHJKLMNPQRSTVWXZ';
const LENGTH = 8;

/** A code that a person can type: one of 25.6 thousand million, with a dash in its middle. */
export function newUserCode(): string {
  return withDash(Array.from({ length: LENGTH }, () => LETTERS[randomInt(LETTERS.length)]).join(''));
}

/** A code as {@link newUserCode} writes it, of what somebody typed: in small letters, without the dash, with spaces. */
export function readUserCode(typed: string): string {
  return withDash(typed.toUpperCase().replace(/[^A-Z0-9]/g, ''));
}

function withDash(code: string): string {
  return code.length > LENGTH / 2 ? `${code.slice(0, LENGTH / 2)}-${code.slice(LENGTH / 2)}` : code;
}
