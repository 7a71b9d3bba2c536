/** A recording cannot be replayed; the message says which and why, in words for the person who named the file. */
export class RecordingError extends Error {
  override readonly name = 'RecordingError';

  /**
   * @param reason what is wrong with the recording
   * @param file the recording's name as it was given; the decoders, which see only the content, leave it out
   */
  constructor(
    readonly reason: string,
    readonly file?: string,
    options?: ErrorOptions,
  ) {
    super(file === undefined ? reason : `${file}: ${reason}`, options);
  }
}
