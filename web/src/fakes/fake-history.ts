import type { Conversation, Message, Page } from '../api/types';
import { FakeReply } from './fake-reply';
import { notFound, Refusal } from './refusal';

interface Turn {
  readonly content: string;
  readonly parentId?: string | null;
}

const START = Date.UTC(2026, 0, 1);

/** Conversations and messages in memory. There is one person, so nothing says whose they are. */
export class FakeHistory {
  private readonly conversations = new Map<string, Conversation>();
  private readonly messages = new Map<string, Message>();
  private readonly replies = new Map<string, FakeReply>();
  private moments = 0;

  /** Makes one. */
  conversation(more: Partial<Conversation> = {}): Conversation {
    const at = this.now();
    const conversation: Conversation = {
      ...{ id: `c${this.moments}`, title: null, model: null, systemPrompt: null, metadata: {} },
      ...{ pinned: false, archived: false, activeLeafId: null, messageCount: 0 },
      ...{ lastMessageAt: null, createdAt: at, updatedAt: at, ...more },
    };
    this.conversations.set(conversation.id, conversation);
    return conversation;
  }

  getConversation(id: string): Conversation {
    const conversation = this.conversations.get(id);
    if (!conversation) throw notFound();
    return conversation;
  }

  change(id: string, change: Partial<Conversation>): Conversation {
    const conversation = { ...this.getConversation(id), ...change, updatedAt: this.now() };
    if (change.activeLeafId) conversation.activeLeafId = this.leafOf(change.activeLeafId);
    this.conversations.set(id, conversation);
    return conversation;
  }

  delete(id: string): void {
    this.getConversation(id);
    this.conversations.delete(id);
    for (const { message } of this.replies.values())
      if (message.conversationId === id) this.replies.get(message.id)!.hangUp();
  }

  deleteAll(): void {
    for (const id of this.conversations.keys()) this.delete(id);
  }

  list(query: URLSearchParams): Page<Conversation> {
    const [pinned, q] = [query.get('pinned'), query.get('q')];
    const archived = query.get('archived') === 'true';
    const rows = [...this.conversations.values()].filter(
      (row) =>
        row.archived === archived &&
        (pinned === null || row.pinned === (pinned === 'true')) &&
        (q === null || this.textOf(row).includes(q)),
    );
    const shown =
      q === null ? rows : rows.map((row) => ({ ...row, snippet: q, snippetMatches: [[0, q.length]] }));
    return toPage(shown, (row) => row.lastMessageAt ?? row.createdAt, query, 20);
  }

  branch(id: string, query: URLSearchParams): Page<Message> {
    const rows: Message[] = [];
    let leaf = query.get('leafId') ?? this.getConversation(id).activeLeafId;
    while (leaf) leaf = rows[rows.push(this.shown(leaf)) - 1]!.parentId;
    return toPage(rows, (row) => row.createdAt, query, 50);
  }

  ask(conversationId: string, { content, parentId }: Turn): FakeReply {
    const { activeLeafId, title } = this.getConversation(conversationId);
    this.refuseWhileRunning(conversationId);
    const parent = parentId === undefined ? activeLeafId : parentId;
    if (parent !== null && this.messages.get(parent)?.role !== 'assistant')
      throw new Refusal(409, 'conflict');
    const question = this.add({ conversationId, parentId: parent, role: 'user', content });
    this.messages.set(question.id, { ...question, status: 'completed', completedAt: question.createdAt });
    if (title === null) this.change(conversationId, { title: content });
    return this.reply(conversationId, question.id);
  }

  /** One more answer to the same question. */
  regenerate(conversationId: string, replyId: string): FakeReply {
    const { message } = this.getReply(conversationId, replyId);
    this.refuseWhileRunning(conversationId);
    return this.reply(conversationId, message.parentId!);
  }

  getReply(conversationId: string, id: string): FakeReply {
    const reply = this.replies.get(id);
    if (reply?.message.conversationId !== this.getConversation(conversationId).id) throw notFound();
    return reply;
  }

  /** An answer that is whole already. */
  exchange(conversationId: string, content: string, answer: string, parentId?: string | null): Message {
    const reply = this.ask(conversationId, { content, ...(parentId !== undefined && { parentId }) });
    reply.write(answer);
    reply.complete();
    return reply.message;
  }

  private reply(conversationId: string, questionId: string): FakeReply {
    const { id } = this.add({ conversationId, parentId: questionId, role: 'assistant', content: '' });
    const reply = new FakeReply({
      question: () => this.shown(questionId),
      reply: () => this.shown(id),
      change: (change) => this.messages.set(id, { ...this.messages.get(id)!, ...change }),
    });
    this.replies.set(id, reply);
    this.change(conversationId, { activeLeafId: id, lastMessageAt: this.messages.get(id)!.createdAt });
    return reply;
  }

  private add(message: Pick<Message, 'conversationId' | 'parentId' | 'role' | 'content'>): Message {
    const createdAt = this.now();
    const added: Message = {
      ...{ id: `m${this.moments}`, status: 'pending', model: null, finishReason: null, usage: null },
      ...{ error: null, siblingIds: [], createdAt, completedAt: null, ...message },
    };
    this.messages.set(added.id, added);
    const { messageCount } = this.getConversation(message.conversationId);
    this.change(message.conversationId, { messageCount: messageCount + 1 });
    return added;
  }

  private shown(id: string): Message {
    const message = this.messages.get(id);
    if (!message) throw notFound();
    const siblings = [...this.messages.values()].filter(
      (other) => other.parentId === message.parentId && other.conversationId === message.conversationId,
    );
    return { ...message, siblingIds: siblings.map((sibling) => sibling.id) };
  }

  private refuseWhileRunning(conversationId: string): void {
    for (const { isRunning, message } of this.replies.values())
      if (isRunning && message.conversationId === conversationId) throw new Refusal(409, 'reply_in_progress');
  }

  /** The end of the branch that runs on through the newest child. */
  private leafOf(id: string): string {
    const child = [...this.messages.values()].findLast(({ parentId }) => parentId === id);
    return child ? this.leafOf(child.id) : this.shown(id).id;
  }

  private textOf({ id, title }: Conversation): string {
    const messages = [...this.messages.values()].filter(({ conversationId }) => conversationId === id);
    return [title, ...messages.map(({ content }) => content)].join('\n');
  }

  /** Later each time, so that every row has its place. */
  private readonly now = (): string => new Date(START + 1000 * ++this.moments).toISOString();
}

/** Newest first. A cursor says behind which row a page begins. */
function toPage<Row extends { readonly id: string }>(
  rows: readonly Row[],
  timeOf: (row: Row) => string,
  query: URLSearchParams,
  usual: number,
): Page<Row> {
  const limit = Number(query.get('limit') ?? usual);
  if (!(limit >= 1 && limit <= 100)) throw new Refusal(400, 'validation_failed');
  const cursor = query.get('cursor');
  if (cursor?.includes('|') === false) throw new Refusal(400, 'invalid_cursor');
  const placeOf = (row: Row): string => `${timeOf(row)}|${row.id}`;
  const after = rows
    .filter((row) => cursor === null || placeOf(row) < cursor)
    .sort((one, other) => (placeOf(one) < placeOf(other) ? 1 : -1));
  const data = after.slice(0, limit);
  const hasMore = after.length > limit;
  return { data, hasMore, nextCursor: hasMore ? placeOf(data.at(-1)!) : null };
}
