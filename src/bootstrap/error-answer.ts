import { HttpException } from '@nestjs/common';

import { isOutOfService } from '../common/out-of-service.js';

/** What the other side is told about an error, and whether the operator has to hear of it too. */
export interface ErrorAnswer {
  readonly status: number;
  readonly body: object;
  readonly headers: Readonly<Record<string, string>>;
  readonly isOurFault: boolean;
}

/** An error that knows its own answer, told by shape; the errors of the UMA protocol are of it. */
interface SelfDescribing {
  readonly status: number;
  toBody(): object;
  readonly headers?: Readonly<Record<string, string>>;
}

const CODES: Readonly<Record<number, string>> = {
  401: 'login_required',
  403: 'access_denied',
  404: 'not_found',
  405: 'unsupported_method_type',
  409: 'conflict',
  413: 'payload_too_large',
  429: 'slow_down',
  503: 'temporarily_unavailable',
};

const DESCRIPTIONS: Readonly<Record<number, string>> = {
  413: 'The request body is too large.',
  415: 'The content type of the request body is not supported.',
};

/**
 * Answers any error. A message is passed on only when our own code wrote it: what a parser says quotes the request, and
 * what an unknown error says may be anything.
 */
export function answerTo(error: unknown): ErrorAnswer {
  if (isSelfDescribing(error)) {
    return answer(error.status, error.toBody(), error.headers);
  }
  if (error instanceof HttpException) return answerToHttpException(error);
  const status = statusCodeOf(error);
  if (status !== undefined) return answerToUnreadableRequest(status);
  return isOutOfService(error) ? answer(503, { error: codeOf(503) }) : answer(500, { error: 'server_error' });
}

function answer(status: number, body: object, headers: ErrorAnswer['headers'] = {}): ErrorAnswer {
  return { status, body, headers, isOurFault: status >= 500 };
}

function answerToHttpException(error: HttpException): ErrorAnswer {
  const status = error.getStatus();
  const response = error.getResponse();
  if (typeof response === 'object' && 'error' in response && /^[a-z_]+$/.test(String(response.error))) {
    return answer(status, response);
  }
  // The framework wraps the errors of parsers, and its 404 repeats the address of the request.
  if (error.cause !== undefined || status === 404 || status >= 500) return answerToUnreadableRequest(status);
  return answer(status, { error: codeOf(status), error_description: error.message });
}

function answerToUnreadableRequest(status: number): ErrorAnswer {
  const error_description =
    DESCRIPTIONS[status] ?? (codeOf(status) === 'invalid_request' ? 'The request cannot be read.' : undefined);
  return answer(status === 415 ? 400 : status, { error: codeOf(status), error_description });
}

function codeOf(status: number): string {
  return CODES[status] ?? (status < 500 ? 'invalid_request' : 'server_error');
}

function isSelfDescribing(error: unknown): error is SelfDescribing {
  const { status, toBody } = Object(error) as Partial<SelfDescribing>;
  return typeof status === 'number' && typeof toBody === 'function';
}

function statusCodeOf(error: unknown): number | undefined {
  const { statusCode } = Object(error) as { statusCode?: unknown };
  return typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500 ? statusCode : undefined;
}
