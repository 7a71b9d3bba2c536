import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';

/** The longest body that is read whole before anything is known about it, in bytes. */
export const LONGEST_BODY_BYTES = 16_384;

/** Headers that ask for something that only the framework knows how to do. */
const UNUSUAL = ['content-encoding', 'expect', 'origin', 'transfer-encoding', 'upgrade'];

/** Whether a request without a body is of the kind that programs send all the time. */
export function isOrdinaryRead(headers: IncomingHttpHeaders): boolean {
  return headers['content-length'] === undefined && hasNothingUnusual(headers);
}

/** Whether a request is of the kind that programs send all the time: a short body of the type that is expected. */
export function isOrdinary(headers: IncomingHttpHeaders, mediaType: string, longestBody = LONGEST_BODY_BYTES): boolean {
  const length = Number(headers['content-length']);
  const type = headers['content-type'];
  return (
    length > 0 &&
    length <= longestBody &&
    (type === mediaType || type?.toLowerCase() === `${mediaType}; charset=utf-8`) &&
    hasNothingUnusual(headers)
  );
}

function hasNothingUnusual(headers: IncomingHttpHeaders): boolean {
  return UNUSUAL.every((name) => headers[name] === undefined);
}

/** A body that was read. */
export interface ReadBody {
  readonly text: string;
  /** Undoes the reading, for whoever reads the request next. */
  putBack(): void;
}

/**
 * Reads a whole body, without ending the stream that it comes from.
 *
 * @returns `undefined` when the connection breaks off before
 */
export function readBody(request: IncomingMessage): Promise<ReadBody | undefined> {
  const length = Number(request.headers['content-length']);
  const chunks: Buffer[] = [];
  let read = 0;
  return new Promise((resolve) => {
    if (request.destroyed) {
      resolve(undefined);
      return;
    }
    const take = (chunk: Buffer): void => {
      chunks.push(chunk);
      read += chunk.length;
      if (read < length) return;
      request.pause().off('data', take).off('close', breakOff);
      const body = chunks.length === 1 ? chunk : Buffer.concat(chunks);
      resolve({
        text: body.toString('utf8'),
        putBack: () => {
          request.unshift(body);
        },
      });
    };
    const breakOff = (): void => {
      resolve(undefined);
    };
    // A request that breaks off tells of no error where nobody listens for one.
    request.on('data', take).on('close', breakOff);
  });
}
