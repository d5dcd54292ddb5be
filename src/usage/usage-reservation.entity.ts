import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** Tokens set aside for a call that is going on, where a quota applies to its account. */
@Entity('usage_reservations')
@Index('usage_reservations_user', ['userId'])
@Index('usage_reservations_expiry', ['expiresAt'], { where: 'expires_at is not null' })
export class UsageReservation {
  /** The reply's, or the call's own. */
  @PrimaryColumn({ type: 'uuid' })
  readonly id!: string;

  /** `users.id` */
  @Column({ type: 'uuid', name: 'user_id' })
  readonly userId!: string;

  /** The most that the call can take. */
  @Column({ type: 'bigint' })
  readonly tokens!: string;

  /** Null: it is a reply's, which has a lease, and is settled by whoever ends the reply. */
  @Column({ type: 'timestamptz', precision: 3, nullable: true, name: 'expires_at' })
  readonly expiresAt!: Date | null;

  /** What is counted where its process has died: the model that was asked, */
  @Column({ type: 'varchar', length: 200, nullable: true })
  readonly model!: string | null;

  /** and what it was given. */
  @Column({ type: 'int', nullable: true, name: 'prompt_tokens' })
  readonly promptTokens!: number | null;
}
