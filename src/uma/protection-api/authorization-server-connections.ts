import type { Clock } from '../../common/clock.js';
import { AuthorizationServerConnection } from './authorization-server-connection.js';
import type { AuthorizationServers } from './authorization-servers.js';

/** How long one call to an authorization server may take, in milliseconds, when nothing else is set. */
export const DEFAULT_TIMEOUT_MS = 5000;

/** The ways to all authorization servers, one for each issuer. */
export class AuthorizationServerConnections {
  private readonly connections = new Map<string, AuthorizationServerConnection>();

  /** @param timeoutMs how long one call may take */
  constructor(
    readonly servers: AuthorizationServers,
    private readonly clock: Clock,
    readonly timeoutMs = DEFAULT_TIMEOUT_MS,
  ) {}

  to(issuer: string): AuthorizationServerConnection {
    const known = this.connections.get(issuer);
    if (known !== undefined) return known;
    const connection = new AuthorizationServerConnection(this.servers.of(issuer), this.clock, this.timeoutMs);
    this.connections.set(issuer, connection);
    return connection;
  }
}
