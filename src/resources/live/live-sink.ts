import type { LiveMessages } from './live-messages.js';

/** The way to one client, on whatever transport. */
export interface LiveSink {
  /** Whether the client has taken what it was sent before, so that nothing would pile up. */
  readonly isReady: boolean;

  /** Sends a message to this client. */
  send<Name extends keyof LiveMessages>(name: Name, message: LiveMessages[Name]): void;

  /** Calls back when the client has taken what it was sent; only the last callback that was given. */
  whenReady(callback: () => void): void;

  /** From now on the client gets what is sent to everybody who is in step with a resource. */
  join(resourceId: string): void;

  /** Ends {@link join}. */
  leave(resourceId: string): void;
}

/** One transport's way to everybody who is in step with a resource: a message is written once, for all of them. */
export type LiveBroadcast = (message: LiveMessages['samples']) => void;
