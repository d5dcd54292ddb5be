import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** Opens one socket for a session. */
@Entity('ws_tickets')
export class WsTicket {
  /** SHA-256 of the ticket. */
  @PrimaryColumn({ type: 'bytea' })
  readonly hash!: Buffer;

  /** `sessions.id`. */
  @Index('ws_tickets_session')
  @Column({ type: 'uuid', name: 'session_id' })
  readonly sessionId!: string;

  @Index('ws_tickets_expiry')
  @Column({ type: 'timestamptz', precision: 3, name: 'expires_at' })
  readonly expiresAt!: Date;
}
