import { TokenEvents } from './token-events.js';

/** Tells nobody: resource servers find out when they ask. */
export class NoTokenEvents extends TokenEvents {
  override record(): Promise<void> {
    return Promise.resolve();
  }
}
