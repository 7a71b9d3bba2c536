import { Inject, Injectable } from '@nestjs/common';

import type { Attempt } from './attempt.js';
import { headerValues, isToken, presentedRpt } from './bearer-token.js';
import { DpopProofs, InvalidProof } from './dpop-proofs.js';
import type { GuardedSocket } from './guarded-socket.js';
import { lasting } from './proven-token.js';
import { UMA_OPTIONS, type UmaModuleOptions } from './uma-module-options.js';
import { ambiguousToken } from './uma-refusal.js';

/** The token of a socket, or why it is not looked at. */
export type SocketToken = Pick<Attempt, 'token' | 'badProof'>;

/**
 * The requesting party tokens of sockets. A socket brings its token in the handshake: as `auth.token`, else in the header
 * `Authorization`; for one that is bound to a key the proof comes as `auth.dpop`, else in the header `DPoP`, for the method
 * `GET` and the address of the namespace (`https://rs.example/live`). It may give a new one later.
 */
@Injectable()
export class SocketTokens {
  private readonly tokens = new WeakMap<GuardedSocket, Promise<SocketToken>>();

  constructor(
    private readonly proofs: DpopProofs,
    @Inject(UMA_OPTIONS) private readonly options: UmaModuleOptions,
  ) {}

  /** @throws UmaRefusal when the handshake can be read in two ways */
  of(socket: GuardedSocket): Promise<SocketToken> {
    const known = this.tokens.get(socket);
    if (known !== undefined) return known;
    const read = this.read(socket);
    this.tokens.set(socket, read);
    return read;
  }

  /**
   * Checks a token, with its proof where it needs one, that a message on this socket brings. What has not the form of a
   * token opens nothing, and nobody is asked about it.
   */
  async given(socket: GuardedSocket, token: string, proof?: string): Promise<SocketToken> {
    if (!isToken(token)) return NO_TOKEN;
    if (proof === undefined) return { token: { token } };
    const terms = { token, method: 'GET', url: `${this.options.audience}${socket.nsp.name}` };
    try {
      return { token: lasting({ token, proof: await this.proofs.prove([proof], terms) }) };
    } catch (error) {
      if (error instanceof InvalidProof) return { token: undefined, badProof: error };
      throw error;
    }
  }

  /** From now on the socket has this token. */
  replace(socket: GuardedSocket, token: SocketToken): void {
    this.tokens.set(socket, Promise.resolve(token));
  }

  private async read(socket: GuardedSocket): Promise<SocketToken> {
    const { handshake, request } = socket;
    const presented = presentedRpt(request, handshake.query);
    const inAuth = textOf(handshake.auth['token']);
    const [inHeader, another] = headerValues(request.rawHeaders, 'dpop');
    // A token in the address ends in logs, and of two nobody could tell which was meant.
    if (presented.kind === 'malformed' || 'token' in handshake.query || another !== undefined) throw ambiguousToken();
    const proof = textOf(handshake.auth['dpop']) ?? inHeader;
    if (presented.kind === 'nothing') return inAuth === undefined ? NO_TOKEN : this.given(socket, inAuth, proof);
    if (inAuth !== undefined) throw ambiguousToken();
    return this.given(socket, presented.token, presented.scheme === 'dpop' ? (proof ?? '') : proof);
  }
}

const NO_TOKEN: SocketToken = { token: undefined };

const textOf = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);
