import { Injectable } from '@nestjs/common';
import { SocketAuthenticator, type SignedIn } from '../../common/auth/socket-authenticator';
import { DomainError, PROBLEMS } from '../../common/errors/domain-error';
import { Budgets } from '../../common/throttle/budgets';
import { CLOSE, notAuthenticated, notNow, type CloseCode } from './close-codes';
import type { Connection } from './connection';
import { ConnectionCounts } from './connection-counts';
import { bodyOf, checkFrame, parseFrame, type RawFrame } from './frame';
import { AuthFrameDto } from './frames.dto';
import { SocketFailures } from './socket-failures';

/** Takes the first frame of a socket: it says who is there, or the socket closes. */
@Injectable()
export class SocketDoor {
  constructor(
    private readonly authenticator: SocketAuthenticator,
    private readonly counts: ConnectionCounts,
    private readonly budgets: Budgets,
    private readonly failures: SocketFailures,
  ) {}

  /** Never throws. */
  async admit(frame: RawFrame, connection: Connection): Promise<void> {
    try {
      const signedIn = await this.signIn(frame, connection);
      if (!connection.isOpen) return; // it went away meanwhile, and would never be counted off
      if (!this.counts.addOfUser(signedIn.caller.userId)) return connection.close(CLOSE.tooMany);
      connection.signedIn = signedIn;
      await connection.send({ type: 'ready', user: signedIn.user });
    } catch (error) {
      connection.close(await this.refuse(this.failures.toDomainError(error), connection));
    }
  }

  /** @throws DomainError – of any kind: it is none that may come in. */
  private async signIn(frame: RawFrame, { peer: { source } }: Connection): Promise<SignedIn> {
    const { token, ticket } = await checkFrame(AuthFrameDto, bodyOf(parseFrame(frame)));
    if (token !== undefined && ticket !== undefined) throw noProof();
    if (ticket !== undefined) return this.authenticator.byTicket(ticket, source);
    if (token === undefined) throw noProof();
    const signedIn = await this.authenticator.byToken(token, source);
    if (!mayTalk(signedIn)) throw new DomainError('insufficient_scope', 'This key is not for conversations.');
    return signedIn;
  }

  private async refuse(error: DomainError, { peer: { requestId, address } }: Connection): Promise<CloseCode> {
    this.failures.log(error, requestId);
    const { code } = error;
    const { status } = PROBLEMS[code];
    if (status >= 500) return notNow(code);
    const proof = status === 401 || status === 403 ? code : 'unauthenticated';
    const mayTryAgain = await this.budgets.spend('default', address).then(
      () => true,
      () => false, // guessing is limited, as it is over HTTP
    );
    return mayTryAgain ? notAuthenticated(proof) : CLOSE.tooManyTries;
  }
}

const noProof = () => new DomainError('unauthenticated', 'Give a token or a ticket.');

const mayTalk = ({ caller: { scopes } }: SignedIn): boolean =>
  scopes === null || scopes.includes('chat') || scopes.includes('read');
