import { EventChannel } from './event-channel.js';

/** The channels of the authorization servers that may tell of their tokens. */
export class EventChannels {
  private readonly channels: ReadonlyMap<string, EventChannel>;

  constructor(issuers: readonly string[]) {
    this.channels = new Map(issuers.map((issuer) => [issuer, new EventChannel(issuer)]));
  }

  /** @returns `undefined` when this authorization server is not expected to tell anything */
  of(issuer: string): EventChannel | undefined {
    return this.channels.get(issuer);
  }
}
