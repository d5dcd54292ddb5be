import { randomUUID } from 'node:crypto';
import type { TokensResponse } from '../../src/auth/auth.dto';
import type { Scope } from '../../src/common/auth/caller';
import { newId } from '../../src/common/ids';
import type { ExchangeResponse } from '../../src/conversations/message.dto';
import type { Role } from './call';
import { PASSWORD } from './callers';
import type { Borrowed } from './schema-values';

/** A reply, the question before it, and the conversation that they are in. */
export interface Place {
  readonly conversationId: string;
  readonly messageId: string;
  readonly replyId: string;
}

/** Members of answers from which something is learned. */
export interface Told {
  readonly accessToken?: string;
  readonly reply?: { readonly conversationId?: string };
  readonly id?: string;
  readonly key?: string;
  readonly question?: string;
  readonly nextCursor?: string | null;
  readonly data?: readonly { readonly id?: string }[];
  readonly code?: string;
}

const KEPT = 30;

/** Somebody who calls, and what the run knows to be theirs. */
export class Person {
  places: Place[] = [];
  /** What they come with lets them in no more: somebody like them takes their place. */
  isGone = false;
  private password = PASSWORD;
  private readonly sessions: string[] = [];
  private readonly keyIds: string[] = [];
  private readonly questions: string[] = [];
  /** Of the next page, by operation. */
  private readonly cursors = new Map<string, string>();

  constructor(
    readonly role: Role,
    public tokens: TokensResponse,
    readonly keys: Readonly<Partial<Record<Scope, string>>>,
    /** Accounts that nobody calls with, as everybody in the run knows them. */
    private readonly users: string[],
  ) {}

  /** What a call borrows. What there is none of is made up; undefined: no page has been asked for yet. */
  lend({ what, pick }: Borrowed, place: Place | undefined, operationId: string): string | undefined {
    const any = (list: readonly string[]) => list[pick % list.length] ?? randomUUID();
    switch (what) {
      case 'conversation':
        return place?.conversationId ?? newId();
      case 'message':
        return (pick % 2 ? place?.messageId : place?.replyId) ?? newId();
      case 'reply':
        return place?.replyId ?? newId();
      case 'question':
        return any(this.questions);
      case 'session':
        return any(this.sessions);
      case 'key':
        return any(this.keyIds);
      case 'user':
        return any(this.users);
      case 'cursor':
        return this.cursors.get(operationId);
      case 'username':
        return this.tokens.user.username ?? 'nobody';
      case 'password':
        return this.password;
      case 'refreshToken':
        return this.tokens.refreshToken ?? 'none';
    }
  }

  /** Remembers what an answer has told. */
  learn(operationId: string, status: number, told: Told): void {
    if (told.accessToken !== undefined) this.learnTokens(told as TokensResponse);
    if (told.reply?.conversationId !== undefined) this.settleIn(told as ExchangeResponse);
    if (told.nextCursor) this.cursors.set(operationId, told.nextCursor);
    const ids = Array.isArray(told.data) ? (told.data as readonly { id: string }[]).map(({ id }) => id) : [];
    if (operationId === 'sessionsList') keep(this.sessions, ids);
    if (operationId === 'apiKeysList') keep(this.keyIds, ids);
    if (told.question !== undefined) keep(this.questions, [told.id!]);
    if (told.key !== undefined) keep(this.keyIds, [told.id!]);
    this.isGone ||= this.isSentAway(status, told);
  }

  /** The newest ones. */
  settleIn({ message, reply }: ExchangeResponse): void {
    const place = { conversationId: reply.conversationId, messageId: message.id, replyId: reply.id };
    this.places = [...this.places, place].slice(-KEPT);
  }

  leave(place: Place | undefined): void {
    this.places = this.places.filter((other) => other !== place);
  }

  changePassword(password: string): void {
    this.password = password;
  }

  private learnTokens(tokens: TokensResponse): void {
    const isOurs = tokens.user.id === this.tokens.user.id;
    if (!isOurs) keep(this.users, [tokens.user.id]);
    else if (tokens.user.kind === 'member' && this.role === 'guest') this.isGone = true;
    else this.tokens = { ...tokens, refreshToken: tokens.refreshToken ?? this.tokens.refreshToken };
  }

  /** Whether they were signed out, disabled or erased, or are no longer what they were. */
  private isSentAway(status: number, { code }: Told): boolean {
    if (status === 401) return code !== 'invalid_credentials';
    return code === 'account_disabled' || (this.role === 'admin' && code === 'forbidden');
  }
}

/** The newest ones, each once. */
function keep(list: string[], ids: readonly string[]): void {
  const all = [...new Set([...list, ...ids])];
  list.splice(0, list.length, ...all.slice(-KEPT));
}
