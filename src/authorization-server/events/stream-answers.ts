/** Where and how the events of a stream are pushed. @see SSF 1.0 section 6.1.1 */
export class DeliveryAnswer {
  /** `urn:ietf:rfc:8935`. */
  readonly method!: string;

  /** Where the events go. */
  readonly endpoint_url!: string;
}

/** A stream of events. @see SSF 1.0 section 8.1.1 */
export class StreamAnswer {
  readonly stream_id!: string;

  /** This server. */
  readonly iss!: string;

  /** What the events name as their audience: the registered `resource` of the client, else its id. */
  readonly aud!: string;

  /** The oldest of the receivers. */
  readonly delivery!: DeliveryAnswer;

  /** Types of events that there are. */
  readonly events_supported!: string[];

  /** Types of events that were asked for. */
  readonly events_requested?: string[];

  /** Types of events that the stream brings. */
  readonly events_delivered!: string[];

  /** How long to wait between two verifications, in seconds. */
  readonly min_verification_interval!: number;

  readonly description?: string;
}

/** One receiver of a stream. */
export class ReceiverAnswer extends StreamAnswer {
  /** Its id, to remove it. */
  readonly receiver_id!: string;
}

/** The status of a stream. @see SSF 1.0 section 8.1.2 */
export class StreamStatusAnswer {
  readonly stream_id!: string;

  /** `enabled`, `paused`: events are kept for a day, or `disabled`: there are none. */
  readonly status!: string;

  /** Why. */
  readonly reason?: string;
}

/** How a scheme by which streams are managed is called. @see SSF 1.0 section 7.1.1 */
export class AuthorizationScheme {
  readonly spec_urn!: string;
}

/** The metadata of the transmitter. @see SSF 1.0 section 7.1 */
export class TransmitterMetadata {
  readonly spec_version!: string;

  readonly issuer!: string;

  readonly jwks_uri!: string;

  readonly delivery_methods_supported!: string[];

  readonly configuration_endpoint!: string;

  readonly status_endpoint!: string;

  readonly verification_endpoint!: string;

  /** Where further instances of a receiver are added to its stream; not of the standard. */
  readonly receivers_endpoint!: string;

  readonly critical_subject_members!: string[];

  readonly authorization_schemes!: AuthorizationScheme[];

  readonly default_subjects!: string;
}
