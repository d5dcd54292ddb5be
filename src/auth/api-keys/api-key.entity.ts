import { Column, CreateDateColumn, Entity, Index, PrimaryColumn } from 'typeorm';
import type { Scope } from '../../common/auth/caller';

@Entity('api_keys')
@Index('api_keys_user', ['userId', 'id'])
export class ApiKey {
  @PrimaryColumn({ type: 'uuid' })
  readonly id!: string;

  /** `users.id`. */
  @Column({ type: 'uuid', name: 'user_id', update: false })
  readonly userId!: string;

  @Column({ type: 'varchar', length: 80 })
  readonly name!: string;

  /** The first characters of the key, to tell it from others. */
  @Column({ type: 'varchar', length: 20 })
  readonly prefix!: string;

  /** SHA-256 of the whole key: it is random enough that nothing slower is needed. */
  @Index('api_keys_hash', { unique: true })
  @Column({ type: 'bytea' })
  readonly hash!: Buffer;

  @Column({ type: 'varchar', length: 10, array: true })
  readonly scopes!: Scope[];

  @CreateDateColumn({ type: 'timestamptz', precision: 3, name: 'created_at' })
  readonly createdAt!: Date;

  /** At most a minute behind. */
  @Column({ type: 'timestamptz', precision: 3, nullable: true, name: 'last_used_at' })
  readonly lastUsedAt!: Date | null;

  @Column({ type: 'timestamptz', precision: 3, nullable: true, name: 'expires_at' })
  readonly expiresAt!: Date | null;
}
