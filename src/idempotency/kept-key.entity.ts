import { Column, CreateDateColumn, Entity, Index, PrimaryColumn } from 'typeorm';

/** 102 (RFC 2518): the request is being worked on, and has made nothing so far. */
export const RUNNING = 102;

/** A request that made something under a key of its caller's. */
@Entity('idempotency_keys')
export class KeptKey {
  /** `users.id`. */
  @PrimaryColumn({ type: 'uuid', name: 'user_id' })
  readonly userId!: string;

  @PrimaryColumn({ type: 'varchar', length: 255 })
  readonly key!: string;

  /** SHA-256 of the route and the body. */
  @Column({ type: 'bytea', name: 'request_hash' })
  readonly requestHash!: Buffer;

  /** The conversation or the reply that it made. */
  @Column({ type: 'uuid', name: 'made_id' })
  readonly madeId!: string;

  /** Of the first answer, where what was made does not tell it. `RUNNING`: there is none yet, and the key expires as a lease does. */
  @Column({ type: 'smallint', nullable: true })
  status!: number | null;

  @CreateDateColumn({ type: 'timestamptz', precision: 3, name: 'created_at' })
  readonly createdAt!: Date;

  @Index('idempotency_keys_expiry')
  @Column({ type: 'timestamptz', precision: 3, name: 'expires_at' })
  readonly expiresAt!: Date;
}
