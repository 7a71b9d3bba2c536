import { errorCode } from './error-code.js';

const CODES = new RegExp(
  [
    // Node: a connection cannot be had, or breaks; the disk is full or broken.
    '^(?:ECONNREFUSED|ECONNRESET|ECONNABORTED|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN',
    'ENOSPC|EDQUOT|EFBIG|EIO',
    // SQLite: the same of its file, or others keep it for too long.
    'SQLITE_(?:FULL|IOERR|CANTOPEN|BUSY)(?:_\\w+)?',
    // PostgreSQL: no connection, no room, stopping or starting, a broken disk.
    '(?:08|53|58)\\w{3}|57P\\w\\w)$',
  ].join('|'),
);

/** What `pg` says without a code. */
const WORDS = /^(?:Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection)/;

/** Whether an error, or what caused it, says that something needed cannot be used just now, told by shape. */
export function isOutOfService(error: unknown): boolean {
  if (CODES.test(errorCode(error) ?? '')) return true;
  return error instanceof Error && (WORDS.test(error.message) || isOutOfService(error.cause));
}
