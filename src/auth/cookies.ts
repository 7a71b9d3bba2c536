import { Inject, Injectable } from '@nestjs/common';
import { parseCookie, type SetCookie, stringifySetCookie } from 'cookie';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { AUTH_OPTIONS, type AuthOptions, basePathOf } from './auth.options.js';

/** The cookies of this process: out of reach of scripts, not sent along from other sites, over TLS where there is TLS. */
@Injectable()
export class Cookies {
  private readonly attributes: Omit<SetCookie, 'name' | 'value'>;

  constructor(@Inject(AUTH_OPTIONS) private readonly options: AuthOptions) {
    this.attributes = {
      path: basePathOf(options) || '/',
      httpOnly: true,
      // Strict would hide the cookies from the redirect that comes back from the authorization server.
      sameSite: 'lax',
      secure: options.baseUrl.startsWith('https:'),
    };
  }

  /** @param suffix distinguishes the cookies of this process; empty for the session */
  read({ headers }: Pick<FastifyRequest, 'headers'>, suffix: string): string | undefined {
    return parseCookie(headers.cookie ?? '')[this.name(suffix)];
  }

  /** Suffixes, of those that begin like this, for which a browser sends cookies. */
  suffixes({ headers }: Pick<FastifyRequest, 'headers'>, beginning: string): readonly string[] {
    const prefix = `${this.options.cookieName}_`;
    const names = Object.keys(parseCookie(headers.cookie ?? ''));
    return names.filter((name) => name.startsWith(prefix + beginning)).map((name) => name.slice(prefix.length));
  }

  /** @param maxAge seconds that the browser keeps it */
  write(reply: FastifyReply, suffix: string, value: string, maxAge: number): void {
    const line = stringifySetCookie({ name: this.name(suffix), value, ...this.attributes, maxAge });
    void reply.header('set-cookie', line);
  }

  clear(reply: FastifyReply, suffix: string): void {
    this.write(reply, suffix, '', 0);
  }

  private name(suffix: string): string {
    return suffix === '' ? this.options.cookieName : `${this.options.cookieName}_${suffix}`;
  }
}
