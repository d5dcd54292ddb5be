import { Column, Entity, PrimaryColumn } from 'typeorm';

/** One counter of a strict limit. The table is unlogged: after a crash of the database everybody starts at none. */
@Entity('rate_limits')
export class RateLimitCounter {
  /** SHA-256 of `<limit>:<account or address>`. */
  @PrimaryColumn({ type: 'text' })
  readonly key!: string;

  @Column({ type: 'int' })
  hits!: number;

  @Column({ type: 'timestamptz', precision: 3, name: 'expires_at' })
  expiresAt!: Date;
}
