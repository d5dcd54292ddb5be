import { Injectable, Logger } from '@nestjs/common';
import { SocketAuthenticator } from '../../common/auth/socket-authenticator';
import { errorForLog } from '../../common/errors/error-for-log';
import { Repeater } from '../../common/repeater';
import { CLOSE } from './close-codes';
import type { Connection } from './connection';

/** The contract: a socket closes within 5 s of the end of its session. */
const WATCH_MS = 2_000;

/** Closes the sockets whose session or key has ended, wherever it was ended. */
@Injectable()
export class SessionWatch {
  private readonly logger = new Logger('WebSocket');
  private readonly repeater = new Repeater(
    () => this.look(),
    () => WATCH_MS,
  );
  private connections: Iterable<Connection> = [];

  constructor(private readonly authenticator: SocketAuthenticator) {}

  /** `connections` as they are at each look. */
  start(connections: Iterable<Connection>): void {
    this.connections = connections;
    this.repeater.start(WATCH_MS);
  }

  stop(): Promise<void> {
    return this.repeater.stop();
  }

  private async look(): Promise<void> {
    const open = [...this.connections].flatMap((connection) =>
      connection.signedIn ? [{ ...connection.signedIn, connection }] : [],
    );
    try {
      for (const { connection } of await this.authenticator.ended(open)) connection.close(CLOSE.sessionEnded);
    } catch (error) {
      // Of a database that does not answer nothing can be concluded: whoever is there stays.
      this.logger.warn({ msg: 'sessions of sockets not checked', err: errorForLog(error) });
    }
  }
}
