import { DataSource } from 'typeorm';
import { newId } from '../../src/common/ids';
import { Conversation } from '../../src/conversations/conversation.entity';
import { ConversationRepository } from '../../src/conversations/conversation.repository';
import { MessageRepository } from '../../src/conversations/message.repository';
import type { MessageInTree } from '../../src/conversations/message.entity';
import { ReplyRepository, type Beat } from '../../src/conversations/replies/reply.repository';
import { TurnRepository, type Turn } from '../../src/conversations/replies/turn.repository';
import type { Claim, ReplyEnd } from '../../src/conversations/replies/running-reply';
import { loadConfig, type Config } from '../../src/config/config';
import { dataSourceOptions } from '../../src/database/data-source-options';
import { aTurn } from '../factories/turn';
import { cloneDatabase, type TestDatabase } from './database';

/** As the model ended it. */
export const COMPLETED: ReplyEnd = { status: 'completed', finishReason: 'stop' };

type Place = Pick<Turn, 'userId' | 'conversationId'>;

/** A database with an account in it, and the repositories over it as the application has them. */
export class ReplyDatabase {
  readonly turns: TurnRepository;
  readonly replies: ReplyRepository;
  readonly messages: MessageRepository;
  readonly conversations: ConversationRepository;
  /** Whose the conversations are. */
  readonly userId = newId();
  /** Some process. */
  readonly owner = newId();

  private constructor(
    private readonly database: TestDatabase,
    readonly dataSource: DataSource,
    config: Config,
  ) {
    this.turns = new TurnRepository(dataSource, config);
    this.replies = new ReplyRepository(dataSource, dataSource);
    this.messages = new MessageRepository(dataSource);
    this.conversations = new ConversationRepository(dataSource.getRepository(Conversation));
  }

  static async open(
    poolSize = 20,
    environment: Readonly<Record<string, string>> = {},
  ): Promise<ReplyDatabase> {
    const database = await cloneDatabase();
    const dataSource = await new DataSource(dataSourceOptions({ url: database.url, poolSize })).initialize();
    const config = loadConfig({ JWT_SECRET: 'x'.repeat(32), ...environment });
    const opened = new ReplyDatabase(database, dataSource, config);
    await opened.query(`insert into users (id, kind, role) values ($1, 'guest', 'user')`, [opened.userId]);
    return opened;
  }

  async close(): Promise<void> {
    await this.dataSource.destroy();
    await this.database.drop();
  }

  query<T>(sql: string, parameters: readonly unknown[] = []): Promise<T[]> {
    return this.dataSource.query<T[]>(sql, [...parameters]);
  }

  /** A new one. */
  async conversation(more: { systemPrompt?: string; model?: string } = {}): Promise<Place> {
    const { id } = await this.conversations.insert({
      id: newId(),
      userId: this.userId,
      title: null,
      model: more.model ?? null,
      systemPrompt: more.systemPrompt ?? null,
      metadata: {},
    });
    return { userId: this.userId, conversationId: id };
  }

  /** A reply that `owner` writes, in a conversation of its own unless one is given. */
  async begin(parts: Partial<Turn> = {}, place?: Place): Promise<Claim> {
    const turn = aTurn(place ?? (await this.conversation()), parts);
    await this.turns.open(this.owner, turn);
    return { replyId: turn.replyId, conversationId: turn.conversationId, fence: 1 };
  }

  /** A question and its answer behind the active leaf; the reply. */
  async exchange(
    place: Place,
    content: string,
    text: string,
    end: ReplyEnd = COMPLETED,
    parts: Partial<Turn> = {},
  ): Promise<MessageInTree> {
    const claim = await this.begin({ content, ...parts }, place);
    return (await this.replies.settle(this.owner, claim, text, end))!;
  }

  /** Its owner has not been heard of for too long. */
  async expire({ replyId }: Claim): Promise<void> {
    await this.query(`update generations set lease_until = now() - interval '1 ms' where reply_id = $1`, [
      replyId,
    ]);
  }

  message({ replyId, conversationId }: Claim): Promise<MessageInTree | null> {
    return this.messages.findOwned(this.userId, conversationId, replyId);
  }

  /** What is left of running replies. */
  async leftovers(): Promise<{ generations: number; chunks: number }> {
    const [left] = await this.query<{ generations: number; chunks: number }>(
      `select (select count(*)::int from generations) as generations, (select count(*)::int from reply_chunks) as chunks`,
    );
    return left!;
  }
}

/** What a writer that knows `from` units to be stored sends of a text. */
export const aBeat = (claim: Claim, text: string, from = 0): Beat => ({
  ...claim,
  from,
  to: text.length,
  delta: text.slice(from),
});
