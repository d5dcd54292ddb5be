import { ApiProperty } from '@nestjs/swagger';
import { IsIn, IsUUID } from 'class-validator';
import { PageQueryDto } from '../common/paging/page-query.dto';
import { MayBeAbsent } from '../common/validation/text';
import { AUDIT_ACTIONS, type AuditAction } from './audit-action';

export class AuditQueryDto extends PageQueryDto {
  /** Only of this account. */
  @MayBeAbsent()
  @IsUUID()
  userId?: string;

  /** Only of this kind. */
  @MayBeAbsent()
  @ApiProperty({ enum: AUDIT_ACTIONS })
  @IsIn(AUDIT_ACTIONS)
  action?: AuditAction;
}

export class AuditEventResponse {
  id!: string;
  /** ISO 8601, UTC, with milliseconds. */
  createdAt!: string;
  @ApiProperty({ enum: AUDIT_ACTIONS })
  action!: AuditAction;
  /** Whose account it is about. Null: of nobody known, or erased since. */
  userId!: string | null;
  /** Who did it. Null: nobody who was signed in, or erased since. */
  actorId!: string | null;
  ip!: string | null;
  userAgent!: string | null;
  /** More about it, such as the new role. */
  @ApiProperty({ type: 'object', additionalProperties: { type: 'string' } })
  detail!: Record<string, string>;
}
