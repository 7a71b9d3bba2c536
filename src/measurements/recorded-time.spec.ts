import { readHttpDate } from './recorded-time.js';

describe('the header Date', () => {
  it('is read in the form that senders must use (RFC 9110 5.6.7)', () => {
    expect(readHttpDate('Sun, 06 Nov 1994 08:49:37 GMT')).toBe(Date.parse('1994-11-06T08:49:37Z'));
  });

  it.each([
    '',
    'Invalid Date',
    'Sunday, 06-Nov-94 08:49:37 GMT',
    'Sun Nov  6 08:49:37 1994',
    'Mon, 06 Nov 1994 08:49:37 GMT',
    'Sun, 31 Feb 1994 08:49:37 GMT',
    'Sun, 06 Nov 1994 08:49:37 +0000',
    'Sun, 06 Nov 1994 08:49:37 GMT, Sun, 06 Nov 1994 08:49:37 GMT',
    '1994-11-06T08:49:37Z',
  ])('is not "%s"', (text) => {
    expect(() => readHttpDate(text)).toThrow(expect.objectContaining({ code: 'invalid_request' }) as Error);
  });
});
