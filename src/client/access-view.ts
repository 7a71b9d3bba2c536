// What the viewer page and its server say to one another. The page is compiled apart: nothing may be imported here.

/** How an attempt to see something stands. */
export type AccessState =
  | 'granted'
  | 'denied'
  /** The owner was asked, and has not answered. */
  | 'owner-must-agree'
  /** The owner was asked, and said no or takes no requests at the moment. */
  | 'declined'
  /** The owner was asked, and has not answered for too long. */
  | 'unanswered'
  /** The person does not want to wait for the owner's answer. */
  | 'cancelled'
  /** The person can tell the owner's server what it wants to know. */
  | 'claims-needed'
  /** The owner's server wants to know what cannot be told here. */
  | 'need-info'
  | 'not-found'
  | 'not-trusted'
  | 'authorization-server-unreachable'
  | 'resource-server-unreachable'
  | 'failed';

/** One heart rate as a resource server sends it. */
export class HeartRateSample {
  /** Beats per minute. */
  readonly heartRate!: number;
  /** RFC 3339 with zone. */
  readonly recordedAt!: string;
}

/** Something that was opened by its link, and what is to be seen there. */
export class AccessView {
  /** Missing when nothing was opened: the link leads nowhere, or to a server that is not trusted. */
  readonly id?: string;
  /** URL of the protected resource. */
  readonly resource!: string;
  readonly state!: AccessState;
  /** What the authorization server wants to know about the person, in its own words; only with `claims-needed` and `need-info`. */
  readonly wanted!: string[];
  /** Oldest first. Empty without access, and as long as the sensor has not sent. */
  readonly samples!: HeartRateSample[];
  /** When this was so, by the server's clock: RFC 3339. */
  readonly asOf!: string;
  /** Where the person goes to tell what is wanted; only when they asked for that. */
  readonly continueAt?: string;
}

/** Something that was opened before. */
export class OpenedView {
  readonly id!: string;
  readonly resource!: string;
  /** When it was opened last: RFC 3339. */
  readonly openedAt!: string;
}

/** Who looks at the viewer page. */
export class ViewerSession {
  readonly name!: string;
  /** Goes into every changing call. */
  readonly csrfToken!: string;
}
