import { UMA_TICKET_GRANT_TYPE } from '../uma/protocol/constants.js';
import type { PreparedAnswer } from './prepared-answer.js';
import type { ReceivedCall } from './received-call.js';
import type { ScopesById, TicketOffice } from './ticket-office.js';

type Form = Readonly<Record<string, string | undefined>>;

/** The token endpoint of a fake authorization server: any client that says who it is, and two grants. */
export class FakeTokenEndpoint {
  /** What whoever brings a ticket may have. */
  readonly shared = new Map<string, readonly string[]>();
  /** The tokens that clients got for themselves. */
  readonly ofClients = new Set<string>();

  constructor(
    private readonly tickets: TicketOffice,
    private readonly mint: (permissions: ScopesById) => string,
  ) {}

  answer({ basic, body }: ReceivedCall): PreparedAnswer {
    if (basic === undefined) return refused('invalid_client', 401);
    const form = body as Form;
    if (form['grant_type'] === UMA_TICKET_GRANT_TYPE) return this.redeem(form);
    if (form['grant_type'] !== 'client_credentials') return refused('unsupported_grant_type');
    const token = `client-token-${this.ofClients.size + 1}`;
    this.ofClients.add(token);
    return granted(token);
  }

  /** All of what a ticket asks for, or nothing. @see UMA 2.0 Grant sections 3.3.5 and 3.3.6 */
  private redeem({ ticket = '' }: Form): PreparedAnswer {
    const wanted = this.tickets.takeIn(ticket);
    if (wanted === undefined) return refused('invalid_grant');
    const isShared = Object.entries(wanted).every(([id, scopes]) => {
      const shared = this.shared.get(id) ?? [];
      return shared.length > 0 && scopes.every((scope) => shared.includes(scope));
    });
    return isShared ? granted(this.mint(wanted)) : refused('request_denied', 403);
  }
}

const granted = (token: string): PreparedAnswer => ({
  status: 200,
  body: { access_token: token, token_type: 'Bearer', expires_in: 900 },
});

const refused = (error: string, status = 400): PreparedAnswer => ({ status, body: { error } });
