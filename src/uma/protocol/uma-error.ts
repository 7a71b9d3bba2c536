/** Every error code that leaves one of our endpoints, with the HTTP status the standards give it. */
const STATUS = {
  invalid_request: 400,
  invalid_client: 401,
  invalid_grant: 400,
  unauthorized_client: 400,
  unsupported_grant_type: 400,
  invalid_scope: 400,
  invalid_target: 400,
  invalid_token: 401,
  insufficient_scope: 403,
  need_info: 403,
  request_denied: 403,
  request_submitted: 403,
  invalid_resource_id: 400,
  not_found: 404,
  unsupported_method_type: 405,
  access_denied: 403,
  login_required: 401,
  conflict: 409,
  payload_too_large: 413,
  slow_down: 429,
  server_error: 500,
  temporarily_unavailable: 503,
} as const;

/** A code of the `error` member. */
export type UmaErrorCode = keyof typeof STATUS;

/** All codes, for the documentation and its test. */
export const UMA_ERROR_CODES = Object.keys(STATUS) as readonly UmaErrorCode[];

/** The HTTP status of a code. */
export function statusOf(code: UmaErrorCode): number {
  return STATUS[code];
}

/**
 * A refusal that the other side is told about. The message is for the other side's developer: it never holds a token, a
 * ticket or a claim; what only the operator may know goes into `cause`.
 *
 * @see RFC 6749 section 5.2, UMA 2.0 Grant section 3.3.6, Federated Authorization section 6
 */
export class UmaError extends Error {
  override readonly name = 'UmaError';

  constructor(
    readonly code: UmaErrorCode,
    description: string,
    /** Members of the answer beside `error` and `error_description`: `ticket`, `required_claims`, `interval`. */
    readonly members: Readonly<Record<string, unknown>> = {},
    options?: ErrorOptions,
  ) {
    super(description, options);
  }

  get status(): number {
    return STATUS[this.code];
  }

  /** The JSON body of the answer. */
  toBody(): Record<string, unknown> {
    return { ...this.members, error: this.code, error_description: this.message };
  }
}
