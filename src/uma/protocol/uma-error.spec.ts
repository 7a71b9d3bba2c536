import { statusOf, UMA_ERROR_CODES, UmaError } from './uma-error.js';

describe('UmaError', () => {
  it.each([
    ['invalid_request', 400],
    ['invalid_client', 401],
    ['invalid_grant', 400],
    ['invalid_scope', 400],
    ['invalid_target', 400],
    ['need_info', 403],
    ['request_denied', 403],
    ['request_submitted', 403],
    ['invalid_resource_id', 400],
    ['not_found', 404],
    ['unsupported_method_type', 405],
    ['invalid_token', 401],
    ['insufficient_scope', 403],
  ] as const)(
    'answers %s with status %d (GRANT-3.3.6, FED-3.2, FED-4.3, RFC 6749 5.2, RFC 6750 3.1)',
    (code, status) => {
      expect(new UmaError(code, 'x').status).toBe(status);
      expect(statusOf(code)).toBe(status);
    },
  );

  it('gives every code an error status', () => {
    expect(UMA_ERROR_CODES.map(statusOf).every((status) => status >= 400 && status < 600)).toBe(true);
  });

  it('writes code, description and further members into the body (GRANT-3.3.6)', () => {
    const error = new UmaError('request_submitted', 'The owner must agree.', { ticket: 'tk_9', interval: 5 });
    expect(error.toBody()).toEqual({
      error: 'request_submitted',
      error_description: 'The owner must agree.',
      ticket: 'tk_9',
      interval: 5,
    });
  });

  it('lets no further member replace the code', () => {
    expect(new UmaError('invalid_grant', 'No.', { error: 'ok' }).toBody()).toMatchObject({ error: 'invalid_grant' });
  });

  it('keeps what only the operator may know out of the body', () => {
    const cause = new Error('database down');
    const error = new UmaError('server_error', 'Try again later.', {}, { cause });
    expect(error.cause).toBe(cause);
    expect(JSON.stringify(error.toBody())).not.toContain('database');
  });
});
