/**
 * The access token of an `Authorization` header; undefined when there is none of scheme Bearer, however it is written.
 *
 * @see RFC 6750 section 2.1, RFC 9110 section 11.1 (schemes are case-insensitive)
 */
export function bearerToken(authorization: string | undefined): string | undefined {
  return /^bearer +([\w\-.~+/]+=*) *$/i.exec(authorization ?? '')?.[1];
}
