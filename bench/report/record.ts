import type { Entry } from './entry.js';
export function record(_e: readonly Entry[], _w: string): Promise<void> {
  return Promise.resolve();
}
