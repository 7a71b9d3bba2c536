import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';

/** A request with its whole body. */
export interface DirectRequest {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** An answer in JSON. */
export interface DirectAnswer {
  readonly status: number;
  readonly body: object;
}

/**
 * Answers the ordinary requests of a route that is called so often that what the framework does for each request counts.
 * Whatever is not ordinary it leaves to the framework's route of the same path, which knows everything: the two share the
 * code that decides, and differ in how a request is read.
 */
export interface DirectRoute {
  /** Of `POST` requests, below the base path: `/token`. */
  readonly path: string;
  /** The content type of requests that are ordinary: `application/json`. */
  readonly mediaType: string;
  /**
   * @returns `undefined` to leave the request to the framework's route; nothing has happened then
   * @throws whatever a handler of the framework may throw; it is answered in the same way
   */
  answer(request: DirectRequest): Promise<DirectAnswer | undefined>;
}

/** The same for what is read, without a body and without a query. */
export interface DirectRead {
  /** Of `GET` requests, below the base path, with one parameter: `/resources/:id/heart-rate/latest`. */
  readonly path: string;
  /** `Cache-Control` of its answers. */
  readonly cacheControl: string;
  /**
   * @param parameter letters, digits, `-` and `_`, at least one of them
   * @returns `undefined` to leave the request to the framework's route; nothing has happened then
   * @throws whatever a handler of the framework may throw; it is answered in the same way
   */
  answer(parameter: string, request: IncomingMessage): Promise<DirectAnswer | undefined>;
}

/** The direct routes of a server; its rooms add theirs while it starts. */
export class DirectRoutes {
  private readonly routes = new Map<string, DirectRoute>();
  private readonly reads: { readonly read: DirectRead; readonly pattern: RegExp }[] = [];

  add(route: DirectRoute): void {
    this.routes.set(route.path, route);
  }

  addRead(read: DirectRead): void {
    this.reads.push({ read, pattern: new RegExp(`^${read.path.replace(/:[a-z]+/i, '([\\w-]+)')}$`) });
  }

  /** @param path without a query, exactly as a route spells it */
  find(path: string): DirectRoute | undefined {
    return this.routes.get(path);
  }

  /** @param target path with the query, if there is one: then there is no direct read */
  findRead(target: string): { readonly read: DirectRead; readonly parameter: string } | undefined {
    for (const { read, pattern } of this.reads) {
      const parameter = pattern.exec(target)?.[1];
      if (parameter !== undefined) return { read, parameter };
    }
    return undefined;
  }
}
