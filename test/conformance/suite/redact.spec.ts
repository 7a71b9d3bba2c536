import { redact } from './redact.js';

describe('what a report tells', () => {
  it.each([
    [
      'a query',
      'GET https://as.test/uma/claims?ticket=abc#x answered 500',
      'GET https://as.test/uma/claims answered 500',
    ],
    ['a handle', 'got 8kJx2uT0mQe4vWzB1nYd7rPa for it', 'got … for it'],
    ['a JWT', 'eyJhbGciOiJFUzI1NiJ9abc.eyJzdWIiOiJib2IifQabcdef.c2lnbmF0dXJlc2lnbmF0dXJl', '….….…'],
  ])('never holds %s', (_what, text, told) => {
    expect(redact(text)).toBe(told);
  });

  it('keeps the words of the standards', () => {
    const words =
      'resource_registration_endpoint at http://127.0.0.1:8080/realms/conformance/x, urn:ietf:params:oauth:grant-type:uma-ticket, 400 invalid_grant';
    expect(redact(words)).toBe(words);
  });
});
