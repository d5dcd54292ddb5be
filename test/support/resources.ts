import type { SessionResponse } from '../../src/auth/sessions/session.dto';
import type { ExchangeResponse } from '../../src/conversations/message.dto';
import type { QuestionResponse } from '../../src/questions/question.dto';
import { aMember, newKey, signedInAgain } from './callers';
import type { Client } from './client';
import type { RunningApp } from './running-app';
import type { Ids, Route } from './routes';
import type { ScriptedModelServer } from './scripted-model-server';

/** Something that has an id, made for one test. */
export interface Resource {
  readonly ids: Ids;
  /** Whose data it is. */
  readonly userId: string;
}

type Make = (owner: Client, parley: RunningApp) => Promise<Ids>;

const ENDLESS = 'Is there no end?';

/** Every path with an id, and how its owner comes by something to put there. */
const MAKERS: Readonly<Record<string, Make>> = {
  '/api/v1/auth/sessions/{id}': aSession,
  '/api/v1/auth/api-keys/{id}': async (owner) => ({ id: (await newKey(owner, ['chat'])).id }),
  '/api/v1/users/{id}': anAccount,
  '/api/v1/users/{id}/sessions': anAccount,
  '/api/v1/conversations/{id}': aConversation,
  '/api/v1/conversations/{id}/export': aConversation,
  '/api/v1/conversations/{id}/messages': aConversation,
  '/api/v1/conversations/{id}/messages/stream': aConversation,
  '/api/v1/conversations/{id}/messages/{messageId}': aReply,
  '/api/v1/conversations/{id}/messages/{messageId}/context': aContext,
  '/api/v1/conversations/{id}/messages/{replyId}/stream': aReply,
  '/api/v1/conversations/{id}/messages/{replyId}/regenerate': aReply,
  '/api/v1/conversations/{id}/messages/{replyId}/regenerate/stream': aReply,
  '/api/v1/conversations/{id}/messages/{replyId}/cancel': aRunningReply,
  '/api/v1/questions/{id}': aQuestion,
};

/** The paths that somebody has thought about. */
export const KNOWN_PATHS: readonly string[] = Object.keys(MAKERS);

/**
 * What a route can be called with; of the owner, or, on the routes of administrators, of another account.
 *
 * @throws Error – nobody has thought about that path yet.
 */
export async function makeResource({ path }: Route, owner: Client, parley: RunningApp): Promise<Resource> {
  const make = MAKERS[path];
  if (!make) throw new Error(`${path}: test/support/resources.ts does not know what to put there`);
  const ids = await make(owner, parley);
  return { ids, userId: path.startsWith('/api/v1/users/') ? ids.id! : owner.tokens!.user.id };
}

/** Has the model begin some replies that only somebody can end. */
export function beginEndlessReplies(model: ScriptedModelServer): void {
  model.answer(ENDLESS, (answer) => answer.hang());
}

/** All that is stored of an account, but for when it was last in use. */
export async function storedOf({ database }: RunningApp, userId: string): Promise<unknown> {
  const [row] = await database.query(
    `select (select to_jsonb(u) - 'last_seen_at' from users u where id = $1) as account,
       (select jsonb_agg(to_jsonb(s) - 'last_used_at' order by id) from sessions s where user_id = $1) as sessions,
       (select jsonb_agg(to_jsonb(k) - 'last_used_at' order by id) from api_keys k where user_id = $1) as keys,
       (select jsonb_agg(to_jsonb(c) order by id) from conversations c where user_id = $1) as conversations,
       (select jsonb_agg(to_jsonb(m) order by id) from messages m where user_id = $1) as messages`,
    [userId],
  );
  return row;
}

async function aSession(owner: Client): Promise<Ids> {
  await signedInAgain(owner);
  const { body } = await owner.get<{ data: SessionResponse[] }>('/auth/sessions');
  return { id: body.data.find(({ current }) => !current)!.id };
}

async function anAccount(_admin: Client, parley: RunningApp): Promise<Ids> {
  return { id: (await aMember(parley)).tokens!.user.id };
}

async function aConversation(owner: Client): Promise<Ids> {
  const { id } = await owner.conversation();
  await owner.send(id, 'Is it mine?');
  return { id };
}

async function aReply(owner: Client): Promise<Ids> {
  const { id } = await owner.conversation();
  const { message, reply } = await owner.send(id, 'Is it mine?');
  return { id, messageId: message.id, replyId: reply.id };
}

/** Questions have none. */
async function aContext(owner: Client): Promise<Ids> {
  const { id, replyId } = await aReply(owner);
  return { id: id!, messageId: replyId! };
}

async function aQuestion(owner: Client): Promise<Ids> {
  return { id: (await owner.post<QuestionResponse>('/questions', { question: 'Is it mine?' })).body.id };
}

async function aRunningReply(owner: Client): Promise<Ids> {
  const { id } = await owner.conversation();
  const { body } = await owner.post<ExchangeResponse>(
    `/conversations/${id}/messages`,
    { content: ENDLESS },
    { headers: { Prefer: 'respond-async' } },
  );
  return { id, messageId: body.reply.id, replyId: body.reply.id };
}
