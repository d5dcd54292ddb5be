import { Column, Entity, Index, PrimaryColumn, Unique } from 'typeorm';

/** A reply being written: who writes it, until when that holds without a sign of life, and how much is stored. */
@Entity('generations')
@Unique('generations_one_a_conversation', ['conversationId'])
@Index('generations_to_cancel', ['owner'], { where: 'cancel_requested_at is not null' })
export class Generation {
  /** `messages.id` */
  @PrimaryColumn({ type: 'uuid', name: 'reply_id' })
  readonly replyId!: string;

  @Column({ type: 'uuid', name: 'conversation_id' })
  readonly conversationId!: string;

  /** The replica that writes it. */
  @Column({ type: 'uuid' })
  owner!: string;

  /** Grows with every change of owner; a former owner's writes don't match it. */
  @Column({ type: 'int', default: 1 })
  fence!: number;

  /** How often it was begun: once more with each takeover. */
  @Column({ type: 'int', default: 1 })
  attempts!: number;

  /** UTF-16 units stored in `reply_chunks`. */
  @Column({ type: 'int', default: 0 })
  len16!: number;

  /** When its first text was stored. */
  @Column({ type: 'timestamptz', precision: 3, nullable: true, name: 'started_at' })
  startedAt!: Date | null;

  @Column({ type: 'timestamptz', precision: 3, name: 'lease_until' })
  leaseUntil!: Date;

  /** Somebody wants it stopped; its owner looks for this. */
  @Column({ type: 'timestamptz', precision: 3, nullable: true, name: 'cancel_requested_at' })
  cancelRequestedAt!: Date | null;

  /** Until then somebody reads it by way of another replica, and its text is stored more often. */
  @Column({ type: 'timestamptz', precision: 3, nullable: true, name: 'watched_until' })
  watchedUntil!: Date | null;

  /** Of what the model is given: what the reply costs, where nobody counts. */
  @Column({ type: 'int', default: 0, name: 'prompt_tokens' })
  readonly promptTokens!: number;
}
