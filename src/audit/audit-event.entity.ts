import { Column, CreateDateColumn, Entity, PrimaryColumn } from 'typeorm';
import type { AuditAction } from './audit-action';

/** One line of the security log: never changed, but for the person taken out of it when an account is erased. */
@Entity('audit_events')
export class AuditEvent {
  @PrimaryColumn({ type: 'uuid' })
  readonly id!: string;

  @CreateDateColumn({ type: 'timestamptz', precision: 3, name: 'created_at' })
  readonly createdAt!: Date;

  @Column({ type: 'varchar', length: 40 })
  readonly action!: AuditAction;

  /** Whose account it is about. Null: of nobody known, or erased. */
  @Column({ type: 'uuid', nullable: true, name: 'user_id' })
  readonly userId!: string | null;

  /** Who did it. Null: nobody signed in, or erased. */
  @Column({ type: 'uuid', nullable: true, name: 'actor_id' })
  readonly actorId!: string | null;

  @Column({ type: 'inet', nullable: true })
  readonly ip!: string | null;

  @Column({ type: 'varchar', length: 300, nullable: true, name: 'user_agent' })
  readonly userAgent!: string | null;

  /** Words of ours, such as the new role. No content, no secret, no name. */
  @Column({ type: 'jsonb', default: {} })
  readonly detail!: Readonly<Record<string, string>>;
}
