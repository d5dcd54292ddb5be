import { Column, CreateDateColumn, Entity, Index, PrimaryColumn } from 'typeorm';

export type RevokedReason = 'logout' | 'reuse';

/** One sign-in. */
@Entity('sessions')
export class Session {
  @PrimaryColumn({ type: 'uuid' })
  readonly id!: string;

  /** `users.id`. */
  @Index('sessions_user')
  @Column({ type: 'uuid', name: 'user_id', update: false })
  readonly userId!: string;

  /** Goes into the MAC of the refresh tokens, so that nothing else need be stored of them. */
  @Column({ type: 'bytea', update: false })
  readonly salt!: Buffer;

  /** Number of the refresh token that is good now. */
  @Column({ type: 'int', default: 0 })
  rotation!: number;

  @Column({ type: 'timestamptz', precision: 3, name: 'rotated_at', default: () => 'now()' })
  rotatedAt!: Date;

  @CreateDateColumn({ type: 'timestamptz', precision: 3, name: 'created_at' })
  readonly createdAt!: Date;

  /** Ends for want of use. */
  @Column({ type: 'timestamptz', precision: 3, name: 'idle_expires_at' })
  idleExpiresAt!: Date;

  /** Ends in any case. */
  @Column({ type: 'timestamptz', precision: 3, name: 'expires_at' })
  readonly expiresAt!: Date;

  @Column({ type: 'timestamptz', precision: 3, nullable: true, name: 'revoked_at' })
  revokedAt!: Date | null;

  @Column({ type: 'varchar', length: 20, nullable: true, name: 'revoked_reason' })
  revokedReason!: RevokedReason | null;
}
