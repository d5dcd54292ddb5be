import { Column, CreateDateColumn, Entity, Index, PrimaryColumn } from 'typeorm';

@Entity('conversations')
@Index('conversations_user_recent', { synchronize: false }) // descending: in the migration
@Index('conversations_user_pinned', { synchronize: false })
export class Conversation {
  /** UUIDv7 from `newId()`: known before the insert, ordered by creation. */
  @PrimaryColumn({ type: 'uuid' })
  readonly id!: string;

  /** `users.id`; the foreign key is in the migration, since no relation crosses a feature. */
  @Column({ type: 'uuid', name: 'user_id', update: false })
  readonly userId!: string;

  /** Questions keep their one exchange in a conversation that no list shows. */
  @Column({ type: 'varchar', length: 10, default: 'chat' })
  readonly kind!: 'chat' | 'question';

  @Column({ type: 'varchar', length: 200, nullable: true })
  title!: string | null;

  /** `provider/model`, for replies that name none themselves. */
  @Column({ type: 'varchar', length: 200, nullable: true })
  model!: string | null;

  @Column({ type: 'varchar', length: 8000, nullable: true, name: 'system_prompt' })
  systemPrompt!: string | null;

  @Column({ type: 'boolean', default: false })
  pinned!: boolean;

  @Column({ type: 'boolean', default: false })
  archived!: boolean;

  @Column({ type: 'jsonb', default: {} })
  metadata!: Record<string, string>;

  /** The last message of the branch in use. */
  @Column({ type: 'uuid', nullable: true, name: 'active_leaf_id' })
  activeLeafId!: string | null;

  /** Of all branches. */
  @Column({ type: 'int', name: 'message_count', default: 0 })
  readonly messageCount!: number;

  @Column({ type: 'timestamptz', precision: 3, nullable: true, name: 'last_message_at' })
  readonly lastMessageAt!: Date | null;

  /** The sort key of lists: never null. */
  @Column({ type: 'timestamptz', precision: 3, name: 'last_activity_at', default: () => 'now()' })
  readonly lastActivityAt!: Date;

  @CreateDateColumn({ type: 'timestamptz', precision: 3, name: 'created_at' })
  readonly createdAt!: Date;

  @Column({ type: 'timestamptz', precision: 3, name: 'updated_at', default: () => 'now()' })
  readonly updatedAt!: Date;
}
