import { Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { DomainError } from '../../common/errors/domain-error';
import { errorForLog } from '../../common/errors/error-for-log';
import { countTokens } from '../../common/tokens';
import { Config } from '../../config/config';
import { ChatModel, Models, type ChatEvent, type ChatRequest, type ModelInfo } from '../../llm/chat-model';
import { UsageService } from '../../usage/usage.service';
import { ConversationRepository } from '../conversation.repository';
import type { MessageInTree } from '../message.entity';
import type { ReplyOutcome } from '../replies/reply.buffer';
import { firstWords } from './first-words';
import { toTitle } from './to-title';

/** Of question and answer each: what a heading needs to know is at their beginning. */
const MOST_CHARS = 2_000;
/** A heading has ten; models that think first need room for that. */
const MOST_TOKENS = 1_000;
const TIMEOUT_MS = 30_000;

const PROMPT =
  'Write a heading of at most six words for the conversation that follows, in its language. Answer with the heading alone.';

/**
 * Gives conversations a heading. Until the first reply has ended it is the first words of the question; then, where
 * `LLM_TITLE_MODEL` is set, that model writes a better one. What a person has chosen stays.
 */
@Injectable()
export class TitlesService implements OnModuleDestroy {
  private readonly logger = new Logger(TitlesService.name);
  private readonly closing = new AbortController();

  constructor(
    private readonly conversations: ConversationRepository,
    private readonly model: ChatModel,
    private readonly models: Models,
    private readonly usage: UsageService,
    private readonly config: Config,
  ) {}

  onModuleDestroy(): void {
    this.closing.abort();
  }

  /** Takes note of an exchange whose reply is being written. Nobody waits for what comes of it, and it never throws. */
  async note(userId: string, question: MessageInTree, ended: Promise<ReplyOutcome>): Promise<void> {
    const model = this.config.llm.titleModel && this.models.find(this.config.llm.titleModel);
    if (!model || !isFirst(question)) return;
    const outcome = await ended;
    if (outcome.type !== 'ended' || outcome.message.status !== 'completed' || !this.model.hasRoom) return;
    try {
      await this.improve(userId, question, outcome.message, model);
    } catch (error) {
      if (this.closing.signal.aborted) return;
      this.logger.warn({ msg: 'a title could not be written', err: errorForLog(error) });
    }
  }

  private async improve(
    userId: string,
    question: MessageInTree,
    reply: MessageInTree,
    model: ModelInfo,
  ): Promise<void> {
    const written = await this.write(userId, toRequest(model, question, reply));
    if (!written) return;
    const before = firstWords(question.content);
    await this.conversations.replaceTitle(userId, question.conversationId, before, written);
  }

  /** Null: the model has said nothing that is one, or the account's quota is used up. */
  private async write(userId: string, request: ChatRequest): Promise<string | null> {
    const prompt = request.turns.reduce((sum, { content }) => sum + countTokens(content), 0);
    const wanted = { model: request.model, promptTokens: prompt, completionTokens: MOST_TOKENS };
    const reservation = await this.usage.reserve(userId, wanted).catch(nullWhereQuotaIsUsedUp);
    if (!reservation) return null;
    const seen = new Answer(request.model);
    try {
      const signal = AbortSignal.any([this.closing.signal, AbortSignal.timeout(TIMEOUT_MS)]);
      for await (const event of this.model.stream(request, signal)) seen.read(event);
      return toTitle(seen.text);
    } finally {
      await this.usage.settle(reservation, seen.spent(prompt));
    }
  }
}

/** What a model has said, and what it has cost. */
class Answer {
  text = '';
  private hasBegun = false;
  private usage: Extract<ChatEvent, { type: 'finish' }>['usage'] = null;

  constructor(private model: string) {}

  read(event: ChatEvent): void {
    if (event.type === 'answering') this.model = event.model;
    else this.hasBegun = true;
    if (event.type === 'text') this.text += event.text;
    if (event.type === 'finish') this.usage = event.usage;
  }

  spent(promptTokens: number) {
    if (!this.hasBegun) return null;
    const counted = this.usage ?? { promptTokens, completionTokens: countTokens(this.text) };
    return {
      model: this.model,
      promptTokens: counted.promptTokens,
      completionTokens: counted.completionTokens,
      replies: 0,
    };
  }
}

const isFirst = ({ parentId, siblingIds }: MessageInTree) => parentId === null && siblingIds.length === 1;

const toRequest = (model: ModelInfo, question: MessageInTree, reply: MessageInTree): ChatRequest => ({
  model: model.id,
  maxTokens: model.sized ? Math.min(MOST_TOKENS, model.maxOutputTokens) : null,
  turns: [
    { role: 'system', content: PROMPT },
    { role: 'user', content: `${startOf(question)}\n\n---\n\n${startOf(reply)}` },
  ],
});

const startOf = ({ content }: MessageInTree) => content.slice(0, MOST_CHARS).toWellFormed();

function nullWhereQuotaIsUsedUp(error: unknown): null {
  if (error instanceof DomainError && error.code === 'quota_exceeded') return null;
  throw error;
}
