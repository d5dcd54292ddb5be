import { ApiProperty } from '@nestjs/swagger';
import { IsBoolean, IsIn, IsInt, Max, Min } from 'class-validator';
import { PageQueryDto } from '../common/paging/page-query.dto';
import { MayBeAbsent, MayBeNull, Text, Trim } from '../common/validation/text';

const ROLES = ['user', 'admin'] as const;

export class UserQueryDto extends PageQueryDto {
  /** How the username or the display name begins. */
  @MayBeAbsent()
  @Trim()
  @Text({ min: 1, max: 80 })
  q?: string;

  @MayBeAbsent()
  @ApiProperty({ enum: ROLES })
  @IsIn(ROLES)
  role?: 'user' | 'admin';
}

export class AdministerUserDto {
  /** A disabled account can neither sign in nor go on; what it has is kept. */
  @MayBeAbsent()
  @IsBoolean()
  disabled?: boolean;

  @MayBeAbsent()
  @ApiProperty({ enum: ROLES })
  @IsIn(ROLES)
  role?: 'user' | 'admin';

  /** Tokens a period. Null: as configured; 0: none at all. */
  @MayBeNull()
  @ApiProperty({ type: 'integer' })
  @IsInt()
  @Min(0)
  @Max(Number.MAX_SAFE_INTEGER)
  quotaTokens?: number | null;
}
