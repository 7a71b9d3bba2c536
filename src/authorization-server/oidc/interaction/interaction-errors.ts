/** Raised when the interaction that a page belongs to has ended, expired, or was begun in another browser. */
export class InteractionGoneError extends Error {
  override readonly name = 'InteractionGoneError';
}

/** Raised when a form arrives that did not come from the page we showed. */
export class ForgedFormError extends Error {
  override readonly name = 'ForgedFormError';
}
