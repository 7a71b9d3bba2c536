/** A run of characters that may be (part of) a token, a ticket or a key: long, and no plain words. */
const OPAQUE = /[\w+=-]{20,}/g;
const QUERY = /(https?:\/\/[^\s"'?#]+)[?#][^\s"']*/g;

/** Takes everything out of a text that may be a secret: queries of addresses, and long runs that are no words. */
export function redact(text: string): string {
  return text.replace(QUERY, '$1').replace(OPAQUE, (run) => (isWords(run) ? run : '…'));
}

const isWords = (run: string): boolean => /^[a-z_-]+$/.test(run);
