/** What a page may do beyond showing itself. */
export interface PagePermissions {
  /**
   * Where its forms may lead besides the page's own origin. Chromium applies this to every redirect after a form was
   * sent, so a sign-in page has to name the origin of the client that the person will be sent back to.
   */
  readonly formTargets?: readonly string[];
}

/**
 * Headers of a page without scripts: nothing inline, nothing foreign, never framed, never stored.
 *
 * @see Content Security Policy Level 3 section 6.4.1 (`form-action`)
 */
export function pageHeaders({ formTargets = [] }: PagePermissions = {}): Readonly<Record<string, string>> {
  const targets = [...new Set(formTargets.map(sourceOf))].map((source) => ` ${source}`).join('');
  return {
    'content-security-policy': [
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      "img-src 'self' data:",
      `form-action 'self'${targets}`,
      "frame-ancestors 'none'",
      "base-uri 'none'",
    ].join('; '),
    'cache-control': 'no-store',
    'referrer-policy': 'same-origin',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
  };
}

/** The source expression that matches a URI: its origin, or its scheme where an app registered one of its own. */
function sourceOf(uri: string): string {
  const { origin, protocol } = new URL(uri);
  return origin === 'null' ? protocol : origin;
}
