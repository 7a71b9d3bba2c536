interface Cookie {
  readonly name: string;
  readonly value: string;
  readonly path: string;
  readonly secure: boolean;
  readonly httpOnly: boolean;
  readonly sameSite: string | undefined;
}

const LOOPBACK = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

/** Keeps cookies as a browser does: per host name, not per port, so that servers on one host see each other's. */
export class CookieJar {
  private readonly cookies = new Map<string, Map<string, Cookie>>();

  /** Takes the `Set-Cookie` lines of an answer from `url`. */
  store(url: URL, lines: readonly string[]): void {
    const ofHost = this.cookies.get(url.hostname) ?? new Map<string, Cookie>();
    this.cookies.set(url.hostname, ofHost);
    for (const line of lines) {
      const { cookie, expired } = parse(line);
      const key = `${cookie.name};${cookie.path}`;
      if (expired) ofHost.delete(key);
      else ofHost.set(key, cookie);
    }
  }

  /** The `Cookie` header for a request to `url`; undefined when there is none to send. */
  header(url: URL): string | undefined {
    const pairs = this.matching(url).map(({ name, value }) => `${name}=${value}`);
    return pairs.length === 0 ? undefined : pairs.join('; ');
  }

  /** The cookies that a request to `url` would carry. */
  matching(url: URL): readonly Cookie[] {
    const mayBeSecure = url.protocol === 'https:' || LOOPBACK.test(url.hostname);
    return [...(this.cookies.get(url.hostname)?.values() ?? [])].filter(
      ({ path, secure }) => (!secure || mayBeSecure) && isBelow(url.pathname, path),
    );
  }

  /** Forgets everything, as a browser does that was closed. */
  clear(): void {
    this.cookies.clear();
  }
}

function isBelow(pathname: string, path: string): boolean {
  return pathname === path || pathname.startsWith(path.endsWith('/') ? path : `${path}/`);
}

function parse(line: string): { cookie: Cookie; expired: boolean } {
  const [pair = '', ...rest] = line.split(';').map((part) => part.trim());
  const attributes = new Map(rest.map((part) => splitOnce(part)).map(([name, value]) => [name.toLowerCase(), value]));
  const [name, value] = splitOnce(pair);
  const maxAge = attributes.get('max-age');
  const expires = attributes.get('expires');
  return {
    cookie: {
      name,
      value,
      path: attributes.get('path') ?? '/',
      secure: attributes.has('secure'),
      httpOnly: attributes.has('httponly'),
      sameSite: attributes.get('samesite')?.toLowerCase(),
    },
    expired: maxAge === undefined ? expires !== undefined && Date.parse(expires) <= Date.now() : Number(maxAge) <= 0,
  };
}

function splitOnce(text: string): [string, string] {
  const index = text.indexOf('=');
  return index < 0 ? [text, ''] : [text.slice(0, index), text.slice(index + 1)];
}
