import { Column, CreateDateColumn, Entity, Index, PrimaryColumn } from 'typeorm';

export type RevokedReason = 'ended' | 'reuse' | 'moved';

/** How the refresh token travels. */
export type Transport = 'body' | 'cookie';

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

  /** `users.session_epoch` when it was opened. Where that has moved on, the session is dead. */
  @Column({ type: 'int', default: 0 })
  readonly epoch!: number;

  @Column({ type: 'varchar', length: 10, default: 'body' })
  readonly transport!: Transport;

  /** As the sign-in had them. */
  @Column({ type: 'varchar', length: 300, nullable: true, name: 'user_agent' })
  readonly userAgent!: string | null;

  @Column({ type: 'inet', nullable: true })
  readonly ip!: string | null;

  /** At most a minute behind. */
  @Column({ type: 'timestamptz', precision: 3, name: 'last_used_at', default: () => 'now()' })
  readonly lastUsedAt!: Date;

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
  @Index('sessions_end')
  @Column({ type: 'timestamptz', precision: 3, name: 'expires_at' })
  readonly expiresAt!: Date;

  @Column({ type: 'timestamptz', precision: 3, nullable: true, name: 'revoked_at' })
  revokedAt!: Date | null;

  @Column({ type: 'varchar', length: 20, nullable: true, name: 'revoked_reason' })
  revokedReason!: RevokedReason | null;
}
