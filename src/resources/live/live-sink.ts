import type { LiveMessages } from './live-messages.js';
import type { SharedSamples } from './shared-samples.js';

/** The way to one client, on whatever transport. */
export interface LiveSink {
  /** Whether the client has taken what it was sent before, so that nothing would pile up. */
  readonly isReady: boolean;

  /** Sends a message to this client. */
  send<Name extends keyof LiveMessages>(name: Name, message: LiveMessages[Name]): void;

  /** Sends samples that others get too to this client, which {@link isReady}. */
  pass(shared: SharedSamples): void;

  /** Calls back when the client has taken what it was sent; only the last callback that was given. */
  whenReady(callback: () => void): void;
}
