import { Logger } from '@nestjs/common';
import { Registry } from 'prom-client';
import { loadConfig } from '../../src/config/config';
import { FirstTexts } from '../../src/conversations/replies/first-texts';
import { Heartbeat } from '../../src/conversations/replies/heartbeat';
import { QuickBeat } from '../../src/conversations/replies/quick-beat';
import { RemoteReplies } from '../../src/conversations/replies/remote-replies';
import type { RemoteReplyRepository } from '../../src/conversations/replies/remote-reply.repository';
import { RepliesService } from '../../src/conversations/replies/replies.service';
import { ReplyBeats } from '../../src/conversations/replies/reply-beats';
import { ReplyMetrics } from '../../src/conversations/replies/reply-metrics';
import { ReplyGenerator } from '../../src/conversations/replies/reply.generator';
import type { ReplyRepository } from '../../src/conversations/replies/reply.repository';
import type { OpenedTurn, Turn, TurnRepository } from '../../src/conversations/replies/turn.repository';
import { RunningReplies } from '../../src/conversations/replies/running-replies';
import type { RunningReply } from '../../src/conversations/replies/running-reply';
import { Sweeper } from '../../src/conversations/replies/sweeper';
import type { ChatModel } from '../../src/llm/chat-model';
import { TokenMetrics } from '../../src/usage/token-metrics';
import { aTurn } from '../factories/turn';
import { FakeChatModel } from '../fakes/fake-chat-model';
import { FakeRemoteReplyRepository } from '../fakes/fake-remote-reply.repository';
import { FakeReplyRepository } from '../fakes/fake-reply.repository';
import { standIn } from './stand-in';

Logger.overrideLogger(false); // what fails here fails on purpose

/** As a pool says it of a server that has stopped. */
export const outage = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });

/** The reply engine of one process, over a database in memory. */
export class EngineOnTrial {
  readonly replies: FakeReplyRepository;
  readonly running: RunningReplies;
  readonly remoteReplies: FakeRemoteReplyRepository;
  readonly remote: RemoteReplies;
  readonly generator: ReplyGenerator;
  readonly service: RepliesService;
  readonly heartbeat: Heartbeat;
  readonly quickBeat: QuickBeat;
  readonly sweeper: Sweeper;
  readonly registry = new Registry();

  /** @param beside another process on the same database */
  constructor(
    readonly model: ChatModel = new FakeChatModel('Oslo is cold.'),
    environment: Readonly<Record<string, string>> = {},
    beside?: EngineOnTrial,
  ) {
    this.replies = beside?.replies ?? new FakeReplyRepository();
    const config = loadConfig({
      JWT_SECRET: 'x'.repeat(32),
      LLM_BASE_URL: 'http://127.0.0.1/v1',
      LLM_MODELS: 'any',
      ...environment,
    });
    const replies = standIn<ReplyRepository>(this.replies);
    const turns = standIn<TurnRepository>(this.replies);
    this.running = new RunningReplies(config);
    this.remoteReplies = new FakeRemoteReplyRepository(this.replies);
    this.remote = new RemoteReplies(standIn<RemoteReplyRepository>(this.remoteReplies));
    const beats = new ReplyBeats(replies, this.running);
    const metrics = new ReplyMetrics(this.registry, new TokenMetrics(this.registry));
    this.generator = new ReplyGenerator(model, replies, this.running, new FirstTexts(beats), metrics);
    this.service = new RepliesService(turns, replies, this.running, this.generator, this.remote);
    this.heartbeat = new Heartbeat(beats, this.running);
    this.quickBeat = new QuickBeat(beats, replies, this.running);
    this.sweeper = new Sweeper(turns, replies, this.running, this.heartbeat, this.generator);
  }

  /** A turn in a conversation of its own, whose reply waits to be written, and is read as it is. */
  async open(parts: Partial<Turn> = {}): Promise<{ reply: RunningReply; turn: OpenedTurn }> {
    const asked = aTurn(this.replies.newConversation(), parts);
    const turn = await this.replies.open(this.running.owner, asked);
    const claim = { replyId: asked.replyId, conversationId: asked.conversationId, fence: 1 };
    const reply = this.running.begin(claim);
    reply.hasRow = true;
    reply.isRead = true;
    return { reply, turn };
  }

  /** Reads a reply that is written here, until there is this much of its text. */
  async untilText(reply: RunningReply, text: string): Promise<void> {
    const { buffer } = reply;
    for await (const piece of this.generator.read(reply, 0, new AbortController().signal))
      if (piece.type !== 'text' || buffer.text.length >= text.length) break;
    expect(buffer.text).toBe(text);
  }
}
