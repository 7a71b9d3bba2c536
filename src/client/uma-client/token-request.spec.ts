import fc from 'fast-check';

import { Secret } from '../../common/secret.js';
import { tokenRequestForm } from './token-request.js';

const text = fc.string({ unit: 'grapheme', minLength: 1 });

describe('tokenRequestForm (GRANT-3.3.1)', () => {
  it('carries any ticket and claim token unchanged, each parameter once', () => {
    fc.assert(
      fc.property(text, text, text, (ticket, token, format) => {
        const claimToken = { token: new Secret(token), format };
        const form = new URLSearchParams(tokenRequestForm({ ticket, resource: 'https://rs.example', claimToken }));
        expect([...form]).toEqual([
          ['grant_type', 'urn:ietf:params:oauth:grant-type:uma-ticket'],
          ['ticket', ticket],
          ['resource', 'https://rs.example'],
          ['claim_token', token],
          ['claim_token_format', format],
        ]);
      }),
    );
  });

  it('has neither claim token nor format without the other (GRANT-3.3.1-c, -d)', () => {
    expect(tokenRequestForm({ ticket: 't', resource: 'https://rs.example' })).not.toContain('claim_token');
  });
});
