/** What the pages with a form for a device's code have in common. */
export interface DeviceView {
  /** Path of the issuer, without a trailing slash. */
  readonly basePath: string;
  /** Where the form goes. */
  readonly action: string;
  /** Proves that a form came from our page: the provider compares it with the session's. */
  readonly formToken: string;
}
