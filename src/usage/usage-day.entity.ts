import { Column, Entity, PrimaryColumn } from 'typeorm';

/** What an account has taken on one day from one model. */
@Entity('usage_days')
export class UsageDay {
  /** `users.id` */
  @PrimaryColumn({ type: 'uuid', name: 'user_id' })
  readonly userId!: string;

  /** `YYYY-MM-DD`, UTC. */
  @PrimaryColumn({ type: 'date' })
  readonly day!: string;

  /** `provider/model`: the one that answered. */
  @PrimaryColumn({ type: 'varchar', length: 200 })
  readonly model!: string;

  /** Replies, and calls of `/v1`. */
  @Column({ type: 'int' })
  readonly replies!: number;

  @Column({ type: 'bigint', name: 'prompt_tokens' })
  readonly promptTokens!: string;

  @Column({ type: 'bigint', name: 'completion_tokens' })
  readonly completionTokens!: string;
}
