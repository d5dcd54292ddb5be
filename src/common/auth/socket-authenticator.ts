import type { RequestSource } from '../http/request-source';
import type { Caller } from './caller';

/** Who opened a socket, and by what. */
export interface SignedIn {
  readonly caller: Caller;
  /** As `GET /users/me` answers it. */
  readonly user: object;
  /** SHA-256 of the API key in base64url; null: by way of the session that `caller` names. */
  readonly keyDigest: string | null;
}

/** Tells sockets who opens them, and when that one may not go on. `auth` fulfils it. */
export abstract class SocketAuthenticator {
  /** By an access token or an API key. @throws DomainError `unauthenticated`, `token_expired`, `session_revoked`, `account_disabled` */
  abstract byToken(token: string, source: RequestSource): Promise<SignedIn>;

  /** By a ticket, which is used up. @throws DomainError `unauthenticated`, `session_revoked`, `account_disabled` */
  abstract byTicket(ticket: string, source: RequestSource): Promise<SignedIn>;

  /**
   * Which of these may not go on: the session or the key has ended, or the account is disabled or gone. The others count as in use.
   * One statement, whatever their number; none for none.
   */
  abstract ended<T extends SignedIn>(all: readonly T[]): Promise<T[]>;
}
