/** Where events are to be pushed to. @see SSF 1.0 section 6.1.1 */
export class DeliveryDto {
  /** `urn:ietf:rfc:8935`: events are only pushed. */
  readonly method!: string;

  /** An https address, or one of this machine. */
  readonly endpoint_url!: string;

  /** What is sent there as `Authorization`. */
  readonly authorization_header?: string;
}

/** A stream to begin. @see SSF 1.0 section 8.1.1.1 */
export class NewStreamDto {
  readonly delivery!: DeliveryDto;

  /** Types of events that are wanted; all there are when left out. */
  readonly events_requested?: string[];

  /** What the stream is for, in words. */
  readonly description?: string;
}

/** A stream as it is to be. @see SSF 1.0 section 8.1.1.4 */
export class StreamDto extends NewStreamDto {
  readonly stream_id!: string;
}

/** What is to change of a stream. @see SSF 1.0 section 8.1.1.3 */
export class StreamChangeDto {
  readonly stream_id!: string;

  readonly delivery?: DeliveryDto;

  /** Types of events that are wanted. */
  readonly events_requested?: string[];

  /** What the stream is for, in words. */
  readonly description?: string;
}

/** Whether a stream is to bring events. @see SSF 1.0 section 8.1.2.2 */
export class StreamStatusDto {
  readonly stream_id!: string;

  /** `enabled`, `paused` or `disabled`. */
  readonly status!: string;

  /** Why. */
  readonly reason?: string;
}

/** A verification that is wanted. @see SSF 1.0 section 8.1.4.2 */
export class VerificationDto {
  readonly stream_id!: string;

  /** Comes back in the verification. */
  readonly state?: string;
}

/** A further receiver of a stream. */
export class NewReceiverDto {
  readonly delivery!: DeliveryDto;
}
