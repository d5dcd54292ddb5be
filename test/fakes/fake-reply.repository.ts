import { DomainError, notFound } from '../../src/common/errors/domain-error';
import { newId } from '../../src/common/ids';
import type { MessageInTree } from '../../src/conversations/message.entity';
import type {
  Beat,
  BeatResult,
  ExpiredReply,
  ReplyRepository,
} from '../../src/conversations/replies/reply.repository';
import type {
  OpenedTurn,
  Regeneration,
  Turn,
  TurnRepository,
} from '../../src/conversations/replies/turn.repository';
import type { Claim, ReplyEnd } from '../../src/conversations/replies/running-reply';
import type { ChatTurn } from '../../src/llm/chat-model';
import { aMessage } from '../factories/message';
import type { Public } from '../support/stand-in';

interface FakeConversation {
  readonly userId: string;
  readonly systemPrompt: string | null;
  activeLeafId: string | null;
}

interface FakeGeneration {
  readonly conversationId: string;
  owner: string;
  fence: number;
  attempts: number;
  text: string;
  started: boolean;
  expired: boolean;
  cancelled: boolean;
  watched: boolean;
}

/** Replies in memory, one step at a time. Branches and siblings are left to the real one. */
export class FakeReplyRepository implements Public<ReplyRepository>, Public<TurnRepository> {
  /** While it is set, every call is refused with it. */
  refusal: Error | null = null;
  /** While it is set, every call waits for it first. */
  wait: Promise<unknown> | null = null;
  /** Of every beat, oldest first. */
  readonly beats: (readonly Beat[])[] = [];
  /** What every turn has as its history. */
  history: ChatTurn[] = [];
  private readonly conversations = new Map<string, FakeConversation>();
  private readonly messages = new Map<string, MessageInTree>();
  private readonly generations = new Map<string, FakeGeneration>();

  newConversation(systemPrompt: string | null = null): Pick<Turn, 'userId' | 'conversationId'> {
    const [userId, conversationId] = [newId(), newId()];
    this.conversations.set(conversationId, { userId, systemPrompt, activeLeafId: null });
    return { userId, conversationId };
  }

  message(id: string): MessageInTree | null {
    return this.messages.get(id) ?? null;
  }

  isRunning(replyId: string): boolean {
    return this.generations.has(replyId);
  }

  expire(replyId: string): void {
    this.generations.get(replyId)!.expired = true;
  }

  watch(replyId: string): void {
    this.generations.get(replyId)!.watched = true;
  }

  deleteConversation(id: string): void {
    this.conversations.delete(id);
    for (const [replyId, { conversationId }] of this.generations)
      if (conversationId === id) this.generations.delete(replyId);
    for (const [messageId, { conversationId }] of this.messages)
      if (conversationId === id) this.messages.delete(messageId);
  }

  async open(owner: string, turn: Turn): Promise<OpenedTurn> {
    await this.answer();
    const { conversationId, questionId, replyId, content } = turn;
    const { userId } = turn;
    const conversation = turn.opens
      ? { userId, systemPrompt: null, activeLeafId: null }
      : this.conversations.get(conversationId);
    if (conversation?.userId !== userId) throw notFound('conversation');
    this.refuseWhileRunning(conversationId);
    const parentId = turn.parentId === undefined ? conversation.activeLeafId : turn.parentId;
    const question = aMessage({ id: questionId, conversationId, parentId, role: 'user', content });
    const reply = this.pending(replyId, question, turn.chooseModel(null, null).id);
    this.conversations.set(conversationId, conversation);
    this.messages.set(question.id, question);
    this.begin(owner, conversation, reply);
    return this.opened(question, reply, conversation);
  }

  async regenerate(owner: string, regeneration: Regeneration): Promise<OpenedTurn> {
    await this.answer();
    const { conversationId, replyId, formerReplyId } = regeneration;
    const conversation = this.conversations.get(conversationId);
    if (conversation?.userId !== regeneration.userId) throw notFound('conversation');
    const former = this.messages.get(formerReplyId);
    if (former?.role !== 'assistant') throw notFound('reply');
    this.refuseWhileRunning(conversationId);
    const question = this.messages.get(former.parentId!)!;
    const reply = this.pending(replyId, question, regeneration.chooseModel(null, null).id);
    this.begin(owner, conversation, reply);
    return this.opened(question, reply, conversation);
  }

  async beat(owner: string, beats: readonly Beat[]): Promise<BeatResult[]> {
    this.beats.push(beats);
    await this.answer();
    return beats.map(({ replyId, fence, from, delta }) => {
      const held = this.held(owner, { replyId, fence });
      if (!held) return { replyId, state: 'lost' };
      if (held.text.length === from) held.text += delta;
      held.started ||= held.text.length > 0;
      held.expired = false;
      const { text, cancelled, watched } = held;
      return { replyId, state: 'ok', length: text.length, cancelled, watched };
    });
  }

  async settle(owner: string, claim: Claim, text: string, end: ReplyEnd): Promise<MessageInTree | null> {
    await this.answer();
    if (!this.held(owner, claim)) return null;
    this.generations.delete(claim.replyId);
    const message: MessageInTree = {
      ...this.messages.get(claim.replyId)!,
      status: end.status,
      content: text,
      finishReason: end.finishReason,
      promptTokens: end.usage?.promptTokens ?? null,
      completionTokens: end.usage?.completionTokens ?? null,
      usageEstimated: false, // the real one counts where nobody has
      ...(end.model !== undefined && { model: end.model }),
      errorCode: end.error?.code ?? null,
      errorDetail: end.error?.detail ?? null,
      completedAt: new Date(),
    };
    this.messages.set(claim.replyId, message);
    return message;
  }

  async claimExpired(owner: string, limit: number, except: readonly string[]): Promise<ExpiredReply[]> {
    await this.answer();
    return [...this.generations]
      .filter(([replyId, { expired }]) => expired && !except.includes(replyId))
      .slice(0, limit)
      .map(([replyId, held]) => {
        held.attempts += 1;
        const { attempts, started: hasText, cancelled } = held;
        return { ...this.handOver(owner, replyId), attempts, hasText, cancelled };
      });
  }

  async findOpened(replyId: string): Promise<OpenedTurn | null> {
    await this.answer();
    const reply = this.messages.get(replyId);
    if (!reply) return null;
    const conversation = this.conversations.get(reply.conversationId)!;
    return this.opened(this.messages.get(reply.parentId!)!, reply, conversation);
  }

  async requestCancel(replyId: string): Promise<boolean> {
    await this.answer();
    const held = this.generations.get(replyId);
    if (held) held.cancelled = true;
    return held !== undefined;
  }

  async cancelRequested(owner: string): Promise<string[]> {
    await this.answer();
    return [...this.generations]
      .filter(([, held]) => held.owner === owner && held.cancelled)
      .map(([replyId]) => replyId);
  }

  async release(owner: string, except: readonly string[]): Promise<void> {
    await this.answer();
    for (const [replyId, held] of this.generations)
      if (held.owner === owner && !except.includes(replyId))
        Object.assign(held, { expired: true, fence: held.fence + 1, attempts: held.attempts - 1 });
  }

  async takeOver(owner: string, replyId: string): Promise<Claim | null> {
    await this.answer();
    return this.generations.has(replyId) ? this.handOver(owner, replyId) : null;
  }

  async storedText(replyId: string): Promise<string> {
    await this.answer();
    return this.generations.get(replyId)?.text ?? '';
  }

  private opened(
    question: MessageInTree,
    reply: MessageInTree,
    { systemPrompt }: FakeConversation,
  ): OpenedTurn {
    const context = { windowTokens: 8_192, promptTokens: 100, answerTokens: null, systemPrompt, from: null };
    return { question, reply, context, history: this.history };
  }

  private refuseWhileRunning(conversationId: string): void {
    const [running] = [...this.generations].find(([, held]) => held.conversationId === conversationId) ?? [];
    if (running) throw new DomainError('reply_in_progress', 'It is.', { members: { replyId: running } });
  }

  private pending(id: string, { id: parentId, conversationId }: MessageInTree, model: string): MessageInTree {
    const unfinished = { status: 'pending', content: '', finishReason: null, completedAt: null } as const;
    return aMessage({ ...unfinished, id, conversationId, parentId, model });
  }

  private begin(owner: string, conversation: FakeConversation, reply: MessageInTree): void {
    const { id, conversationId } = reply;
    this.messages.set(id, reply);
    const fresh = { started: false, expired: false, cancelled: false, watched: false };
    this.generations.set(id, { conversationId, owner, fence: 1, attempts: 1, text: '', ...fresh });
    conversation.activeLeafId = id;
  }

  private held(owner: string, { replyId, fence }: Pick<Claim, 'replyId' | 'fence'>): FakeGeneration | null {
    const held = this.generations.get(replyId);
    return held?.owner === owner && held.fence === fence ? held : null;
  }

  private handOver(owner: string, replyId: string): Claim {
    const held = this.generations.get(replyId)!;
    Object.assign(held, { owner, fence: held.fence + 1, expired: false });
    return { replyId, conversationId: held.conversationId, fence: held.fence };
  }

  private async answer(): Promise<void> {
    if (this.wait) await this.wait;
    if (this.refusal) throw this.refusal;
  }
}
