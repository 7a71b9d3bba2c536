import type { IncomingMessage } from 'node:http';

/** A call that a fake received, as a test wants to look at it. */
export interface ReceivedCall {
  readonly method: string;
  readonly path: string;
  /** The bearer token that came with it: the PAT of a call to the protection API. */
  readonly pat: string | undefined;
  /** What came as JSON, or the parameters of a form. */
  readonly body: unknown;
  /** How a client authenticated itself: its `Authorization: Basic …`, where there is one. */
  readonly basic?: string;
}

/** Reads a call to its end. */
export async function receive(request: IncomingMessage): Promise<ReceivedCall> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const { authorization = '', 'content-type': type } = request.headers;
  return {
    method: request.method ?? '',
    path: request.url ?? '',
    pat: /^Bearer (.+)$/.exec(authorization)?.[1],
    body: read(Buffer.concat(chunks).toString(), type),
    ...(authorization.startsWith('Basic ') && { basic: authorization }),
  };
}

function read(text: string, type: string | undefined): unknown {
  if (type === 'application/x-www-form-urlencoded') return Object.fromEntries(new URLSearchParams(text));
  return text === '' ? undefined : JSON.parse(text);
}
