import { HttpException } from '@nestjs/common';
import type { FastifyReply } from 'fastify';

/** Sends a browser on to another address with GET. @returns the body, for the controller to return */
export function seeOther(reply: FastifyReply, url: string, status: 302 | 303 = 303): string {
  void reply.status(status).header('location', url).header('cache-control', 'no-store');
  return '';
}

/** Ends a request in a guard by sending the browser elsewhere. The `location` is already on the reply. */
export class SeeOther extends HttpException {
  constructor(reply: FastifyReply, url: string) {
    super({}, 303);
    seeOther(reply, url);
  }

  /** The JSON body of the answer; nobody reads it. */
  toBody(): object {
    return {};
  }
}
