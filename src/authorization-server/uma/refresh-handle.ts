import { randomHandle } from '../../common/randomness.js';

const PREFIX = 'rpt-refresh';
const HANDLE = /^rpt-refresh\.([\w-]{22})\.[\w-]{43}$/;

/**
 * A refresh token for a requesting party token. It names what it renews, so that one that was good before and is not any
 * more is known as such: somebody uses it a second time.
 */
export function refreshHandle(rptId: string): string {
  return `${PREFIX}.${rptId}.${randomHandle()}`;
}

/** What a refresh token renews; `undefined` for a text that is none of ours. */
export function renewedBy(handle: string): string | undefined {
  return HANDLE.exec(handle)?.[1];
}
