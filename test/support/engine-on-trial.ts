import { Logger } from '@nestjs/common';
import { loadConfig } from '../../src/config/config';
import { ContextWindow } from '../../src/conversations/replies/context-window';
import { Heartbeat } from '../../src/conversations/replies/heartbeat';
import { RepliesService } from '../../src/conversations/replies/replies.service';
import { ReplyGenerator } from '../../src/conversations/replies/reply.generator';
import type { OpenedTurn, ReplyRepository, Turn } from '../../src/conversations/replies/reply.repository';
import { RunningReplies } from '../../src/conversations/replies/running-replies';
import { RunningReply } from '../../src/conversations/replies/running-reply';
import { Sweeper } from '../../src/conversations/replies/sweeper';
import type { ChatModel } from '../../src/llm/chat-model';
import { ConfiguredModels } from '../../src/llm/configured-models';
import { aTurn } from '../factories/turn';
import { FakeChatModel } from '../fakes/fake-chat-model';
import { FakeReplyRepository } from '../fakes/fake-reply.repository';
import { standIn } from './stand-in';

Logger.overrideLogger(false); // what fails here fails on purpose

/** As a pool says it of a server that has stopped. */
export const outage = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });

/** The reply engine of one process, over a database in memory. */
export class EngineOnTrial {
  readonly replies = new FakeReplyRepository();
  readonly running = new RunningReplies();
  readonly context: ContextWindow;
  readonly generator: ReplyGenerator;
  readonly service: RepliesService;
  readonly heartbeat: Heartbeat;
  readonly sweeper: Sweeper;
  private readonly config;

  constructor(
    readonly model: ChatModel = new FakeChatModel('Oslo is cold.'),
    environment: Readonly<Record<string, string>> = {},
  ) {
    this.config = loadConfig({
      JWT_SECRET: 'x'.repeat(32),
      LLM_BASE_URL: 'http://127.0.0.1/v1',
      LLM_MODELS: 'any',
      ...environment,
    });
    const replies = standIn<ReplyRepository>(this.replies);
    this.context = new ContextWindow(replies, new ConfiguredModels(this.config.llm));
    this.generator = new ReplyGenerator(model, this.context, replies, this.running);
    this.service = new RepliesService(replies, this.running, this.generator, this.config);
    this.heartbeat = new Heartbeat(replies, this.running);
    this.sweeper = new Sweeper(replies, this.running, this.heartbeat);
  }

  /** A turn in a conversation of its own, whose reply waits to be written. */
  async open(parts: Partial<Turn> = {}): Promise<{ reply: RunningReply; turn: OpenedTurn }> {
    const asked = aTurn(this.replies.newConversation(), parts);
    const turn = await this.replies.open(this.running.owner, asked);
    const claim = { replyId: asked.replyId, conversationId: asked.conversationId, fence: 1 };
    const reply = new RunningReply(claim, this.config.replies.replyMaxChars);
    reply.hasRow = true;
    this.running.add(reply);
    return { reply, turn };
  }
}

/** Waits until a reply has this much of its text. */
export async function untilText({ buffer }: RunningReply, text: string): Promise<void> {
  for await (const piece of buffer.read(0, new AbortController().signal))
    if (piece.type !== 'text' || buffer.text.length >= text.length) break;
  expect(buffer.text).toBe(text);
}
