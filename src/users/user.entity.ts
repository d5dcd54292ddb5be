import { Column, CreateDateColumn, Entity, Index, PrimaryColumn } from 'typeorm';

export type UserKind = 'guest' | 'member';
export type UserRole = 'user' | 'admin';

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

  @CreateDateColumn({ type: 'timestamptz', precision: 3, name: 'created_at' })
  readonly createdAt!: Date;
}
