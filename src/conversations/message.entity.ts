import { Column, CreateDateColumn, Entity, Index, PrimaryColumn } from 'typeorm';
import type { ProblemCode } from '../common/errors/domain-error';
import type { TurnContext } from './replies/turn-context';

export type MessageStatus = 'pending' | 'streaming' | 'completed' | 'failed' | 'cancelled';
export type MessageFinish = 'stop' | 'length' | 'content_filter' | 'cancelled' | 'interrupted' | 'error';

/** One turn. The messages of a conversation form a tree by `parentId`. */
@Entity('messages')
@Index('messages_in_order', ['conversationId', 'id'])
@Index('messages_children', ['parentId', 'id'])
@Index('messages_roots', ['conversationId', 'id'], { where: 'parent_id is null' })
@Index('messages_branch', ['branchId', 'depth'], { unique: true })
@Index('messages_forks', { synchronize: false }) // (forked_from, depth, id desc) where that is not null: in the migration
export class Message {
  @PrimaryColumn({ type: 'uuid' })
  readonly id!: string;

  @Column({ type: 'uuid', name: 'user_id', update: false })
  readonly userId!: string;

  @Column({ type: 'uuid', name: 'conversation_id', update: false })
  readonly conversationId!: string;

  /** Null: the first message of a branch. */
  @Column({ type: 'uuid', name: 'parent_id', nullable: true, update: false })
  readonly parentId!: string | null;

  /** The first message of the run that it is in. A trigger sets this, `depth` and `forkedFrom`. */
  @Column({ type: 'uuid', name: 'branch_id', update: false })
  readonly branchId!: string;

  /** How many messages are above it. */
  @Column({ type: 'int', update: false })
  readonly depth!: number;

  /** The run above, where this message begins one and is newer than the one beside it in that run. */
  @Column({ type: 'uuid', nullable: true, name: 'forked_from', update: false })
  readonly forkedFrom!: string | null;

  @Column({ type: 'varchar', length: 10, update: false })
  readonly role!: 'user' | 'assistant';

  /** `streaming` is never stored: it is a pending reply whose text has begun. */
  @Column({ type: 'varchar', length: 10 })
  status!: MessageStatus;

  /** Empty while the reply is being written: its text is in `reply_chunks` until then. */
  @Column({ type: 'text' })
  content!: string;

  /** What the content takes of a model's window (`countTokens`). */
  @Column({ type: 'int' })
  tokens!: number;

  @Column({ type: 'varchar', length: 200, nullable: true })
  model!: string | null;

  @Column({ type: 'varchar', length: 20, nullable: true, name: 'finish_reason' })
  finishReason!: MessageFinish | null;

  @Column({ type: 'int', nullable: true, name: 'prompt_tokens' })
  promptTokens!: number | null;

  @Column({ type: 'int', nullable: true, name: 'completion_tokens' })
  completionTokens!: number | null;

  /** The two counts are ours: the provider sent none. */
  @Column({ type: 'boolean', default: false, name: 'usage_estimated' })
  usageEstimated!: boolean;

  /** What the model was given for this reply. Null for questions. */
  @Column({ type: 'jsonb', nullable: true, update: false })
  readonly context!: TurnContext | null;

  @Column({ type: 'varchar', length: 40, nullable: true, name: 'error_code' })
  errorCode!: ProblemCode | null;

  @Column({ type: 'varchar', length: 500, nullable: true, name: 'error_detail' })
  errorDetail!: string | null;

  @CreateDateColumn({ type: 'timestamptz', precision: 3, name: 'created_at' })
  readonly createdAt!: Date;

  @Column({ type: 'timestamptz', precision: 3, nullable: true, name: 'completed_at' })
  completedAt!: Date | null;
}

/** A message as it reads now: a running reply with its text so far, and every message with its siblings. */
export type MessageInTree = Omit<
  Message,
  'userId' | 'tokens' | 'branchId' | 'depth' | 'forkedFrom' | 'context'
> & {
  /** Its own id too, oldest first. */
  readonly siblingIds: readonly string[];
};

export const hasEnded = ({ status }: Pick<Message, 'status'>): boolean =>
  status !== 'pending' && status !== 'streaming';
