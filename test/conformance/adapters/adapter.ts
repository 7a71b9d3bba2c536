/** What every process under test is told. */
export interface Place {
  /** Issuer of the authorization server, a mock; people also sign in there, without being asked anything. */
  readonly issuer: string;
  /** What the process is called as a client of that server. */
  readonly clientId: string;
  readonly clientSecret: string;
  /** An empty folder for its files; it is taken away afterwards. */
  readonly folder: string;
}

/** A resource server that runs, with one resource of the owner alice who has signed in and registered it. */
export interface ResourceServerUnderTest {
  /** A URL of the resource that is read with GET. */
  readonly url: string;
  /** The scope that reading takes. */
  readonly scope: string;
  /** A text that only the content of the resource has, so that nobody without a right may see it. */
  readonly content: string;
  /** The identifier that tokens for this resource server have as `aud`. */
  readonly audience: string;
  /** How long it may keep an introspection answer, in seconds. */
  readonly cacheSeconds: number;
  stop(): Promise<void>;
}

/** The module that `--resource-server` names exports this as `start`. */
export type StartResourceServer = (place: Place) => Promise<ResourceServerUnderTest>;

/** What a client is told besides. */
export interface ClientPlace extends Place {
  /** Which authorization servers (issuers) each resource server (origin) may send the client to. */
  readonly trusted: readonly (readonly [origin: string, issuer: string])[];
}

/** How the client stands with a resource that bob wants to see. */
export interface Standing {
  /**
   * `granted`: bob sees it. `redirect`: the client wants to send him to `redirect`, to tell his claims. `waiting`: the
   * owner has to decide, and the client will ask again. `ended`: it gave up, and says so.
   */
  readonly kind: 'granted' | 'redirect' | 'waiting' | 'ended';
  readonly redirect?: string;
}

/** A client that runs, and bob who has signed in at it with his browser. */
export interface ClientUnderTest {
  /** What a resource server answers, as JSON, for this client to be able to show it. */
  readonly resource: unknown;
  /** Bob opens a resource by its URL, or opens it anew. */
  open(url: string): Promise<Standing>;
  /** Bob looks again at what he has opened. */
  look(url: string): Promise<Standing>;
  /** Somebody's browser comes to an address of the client. @returns the status of the page where it ends */
  visit(url: string, whose: 'bob’s' | 'another'): Promise<number>;
  /** Everything that bob's browser was sent until now. */
  shown(): string;
  /** Everything that the process wrote to its log until now. */
  log(): string;
  stop(): Promise<void>;
}

/** The module that `--client` names exports this as `start`. */
export type StartClient = (place: ClientPlace) => Promise<ClientUnderTest>;
