import type { Tokens, User } from '../api/types';
import { Refusal } from './refusal';

interface SignIn {
  user: User;
  ended: boolean;
}

interface Token {
  readonly session: SignIn;
  readonly madeAt: number;
  refused: boolean;
}

export interface Knock {
  readonly body: Readonly<Record<string, unknown>>;
  readonly token: string | null;
}

const LIVES_SECONDS = 600;

/** Accounts, their sessions, and the browser's cookie, which goes along with every request. */
export class FakeAccounts {
  guests = true;
  private cookie: SignIn | null = null;
  private readonly tokens = new Map<string, Token>();
  private readonly members = new Map<string, { readonly user: User; readonly password: unknown }>();
  private count = 0;

  /** Somebody who has an account already. */
  member(username: string, password: string): User {
    const user = this.add({ kind: 'member', username });
    this.members.set(username, { user, password });
    return user;
  }

  /** Somebody has been here before: this browser has the cookie. */
  remember(user: User): void {
    this.cookie = { user, ended: false };
  }

  /** Tokens that the page takes for good are good no longer, as if its clock were wrong. */
  expireTokens(): void {
    for (const token of this.tokens.values()) token.refused = true;
  }

  endSession(): void {
    this.cookie!.ended = true;
  }

  /** @throws Refusal */
  check(token: string | null): SignIn {
    const known = this.tokens.get(token ?? '');
    if (!known) throw new Refusal(401, 'unauthenticated');
    if (known.session.ended) throw new Refusal(401, 'session_revoked');
    if (known.refused || Date.now() - known.madeAt > LIVES_SECONDS * 1000)
      throw new Refusal(401, 'token_expired');
    return known.session;
  }

  readonly ways: Readonly<Record<string, (knock: Knock) => Response>> = {
    guest: (knock) => {
      if (!this.guests) throw new Refusal(403, 'forbidden');
      return this.enter(201, { user: this.add({ kind: 'guest' }), ended: false }, knock);
    },
    register: (knock) => {
      const session = knock.token ? this.check(knock.token) : { user: this.add({}), ended: false };
      const username = knock.body.username as string;
      if (this.members.has(username)) throw new Refusal(409, 'username_taken');
      session.user = { ...session.user, username, kind: 'member' };
      this.members.set(username, { user: session.user, password: knock.body.password });
      return this.enter(201, session, knock);
    },
    login: (knock) => {
      const member = this.members.get(knock.body.username as string);
      if (!member || member.password !== knock.body.password) throw new Refusal(401, 'invalid_credentials');
      return this.enter(200, { user: member.user, ended: false }, knock);
    },
    refresh: () => {
      if (!this.cookie) throw new Refusal(400, 'validation_failed');
      if (this.cookie.ended) throw new Refusal(401, 'session_revoked');
      return Response.json(this.tokensOf(this.cookie));
    },
    logout: ({ token }) => {
      this.check(token).ended = true;
      this.cookie = null;
      return new Response(null, { status: 204 });
    },
  };

  private enter(status: number, session: SignIn, { body }: Knock): Response {
    if (body.transport === 'cookie') this.cookie = session;
    return Response.json(this.tokensOf(session), { status });
  }

  private tokensOf(session: SignIn): Tokens {
    const accessToken = `token-${++this.count}`;
    this.tokens.set(accessToken, { session, madeAt: Date.now(), refused: false });
    const { user } = session;
    return { tokenType: 'Bearer', accessToken, expiresIn: LIVES_SECONDS, refreshToken: null, user };
  }

  private add(more: Partial<User>): User {
    return {
      ...{ id: `u${++this.count}`, username: null, displayName: null, kind: 'guest', role: 'user' },
      ...{ defaultModel: null, createdAt: '2026-01-01T00:00:00.000Z', ...more },
    };
  }
}
