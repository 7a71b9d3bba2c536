/** Scopes by the id (`_id`) of their resource. */
export type ScopesById = Readonly<Record<string, readonly string[]>>;

/** Hands out numbered permission tickets, and knows what each of them asks for. */
export class TicketOffice {
  private readonly open = new Map<string, ScopesById>();
  private count = 0;

  /** The ticket that was handed out last. */
  get last(): string {
    return `ticket-${this.count}`;
  }

  handOut(permissions: ScopesById): string {
    this.count += 1;
    this.open.set(this.last, permissions);
    return this.last;
  }

  /** Takes a ticket in, once. @returns what it asks for; `undefined` when it is good no more */
  takeIn(ticket: string): ScopesById | undefined {
    const permissions = this.open.get(ticket);
    this.open.delete(ticket);
    return permissions;
  }
}

/** What the body of a permission request asks for. @see UMA 2.0 Federated Authorization section 4.1 */
export function permissionsOf(body: unknown): ScopesById {
  const entries = [body].flat() as { resource_id: string; resource_scopes: string[] }[];
  return Object.fromEntries(entries.map(({ resource_id: id, resource_scopes: scopes }) => [id, scopes]));
}
