const WHAT_NOW: Readonly<Record<string, string>> = {
  NoCodeError: 'Type the code first.',
  NotFoundError: 'This code is not known. Look at your device and type it once more.',
  ExpiredError: 'This code is too old. Let your device show a new one, and type that.',
  AlreadyUsedError: 'This code was used already. Let your device show a new one, and type that.',
};

/** The provider's name for the error with which a person cancels. */
const CANCELLED = 'AbortedError';

/** Whether a person ended the matter themselves. */
export function isCancelled(error: Error | undefined): boolean {
  return error?.name === CANCELLED;
}

/**
 * What went wrong with a device's code, and what to do now, in people's words.
 *
 * @param error as the provider raises it, which tells its errors apart by their names
 * @param isOurs whether it is a fault of this server
 */
export function problemOf(error: Error | undefined, isOurs: boolean): string | undefined {
  if (error === undefined) return undefined;
  if (isOurs) return 'Something went wrong here. Try it again in a moment.';
  return WHAT_NOW[error.name] ?? 'This page was no longer valid, so nothing was changed. Type the code once more.';
}
