import { Column, CreateDateColumn, Entity, Index, PrimaryColumn } from 'typeorm';

export type UserKind = 'guest' | 'member';
export type UserRole = 'user' | 'admin';

/** pg gives a bigint as text. */
const toNumber = (value: string | null): number | null => (value === null ? null : Number(value));
const same = <T>(value: T): T => value;

@Entity('users')
@Index('users_username', ['username'], { unique: true, where: 'username is not null' })
export class User {
  /** UUIDv7 from `newId()`. */
  @PrimaryColumn({ type: 'uuid' })
  readonly id!: string;

  @Column({ type: 'varchar', length: 10 })
  kind!: UserKind;

  @Column({ type: 'varchar', length: 10 })
  role!: UserRole;

  /** As `normalizeUsername` makes it; null for guests. */
  @Column({ type: 'varchar', length: 80, nullable: true })
  username!: string | null;

  @Column({ type: 'varchar', length: 80, nullable: true, name: 'display_name' })
  displayName!: string | null;

  /** bcrypt; null for guests. */
  @Column({ type: 'varchar', length: 60, nullable: true, name: 'password_hash' })
  passwordHash!: string | null;

  @Column({ type: 'varchar', length: 200, nullable: true, name: 'default_model' })
  defaultModel!: string | null;

  @Column({ type: 'timestamptz', precision: 3, nullable: true, name: 'disabled_at' })
  disabledAt!: Date | null;

  /** Tokens a period; null: as configured, 0: none at all. */
  @Column({ type: 'bigint', nullable: true, name: 'quota_tokens', transformer: { from: toNumber, to: same } })
  quotaTokens!: number | null;

  /** Sessions opened under another epoch are dead: counting it up ends them all at once (ADR 0008). */
  @Column({ type: 'int', name: 'session_epoch', default: 0 })
  readonly sessionEpoch!: number;

  /** At most a minute behind. */
  @Column({ type: 'timestamptz', precision: 3, name: 'last_seen_at', default: () => 'now()' })
  readonly lastSeenAt!: Date;

  /** On its way out: nobody can sign in, and what it owns is being deleted. */
  @Index('users_erased', { synchronize: false })
  @Column({ type: 'timestamptz', precision: 3, nullable: true, name: 'erased_at' })
  readonly erasedAt!: Date | null;

  @CreateDateColumn({ type: 'timestamptz', precision: 3, name: 'created_at' })
  readonly createdAt!: Date;
}
