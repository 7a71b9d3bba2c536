/** What every page of an interaction shows or carries. */
export interface InteractionView {
  /** Path of the issuer, without a trailing slash. */
  readonly basePath: string;
  /** Path of the interaction; its forms go to places below. */
  readonly action: string;
  /** Proves that a form came from our page. */
  readonly formToken: string;
  /** What people call the application that sent them here. */
  readonly clientName: string;
}
