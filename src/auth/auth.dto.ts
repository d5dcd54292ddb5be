import { ApiProperty } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsIn, Validate, ValidatorConstraint, type ValidatorConstraintInterface } from 'class-validator';
import { MayBeAbsent, Text, Trim } from '../common/validation/text';
import { UserResponse } from '../users/user.dto';
import { hasHiddenCharacters, normalizeUsername } from '../users/username';

const Username = (): PropertyDecorator =>
  Transform(({ value }: { value: unknown }) =>
    typeof value === 'string' ? normalizeUsername(value) : value,
  );

@ValidatorConstraint({ name: 'visible' })
class VisibleCharacters implements ValidatorConstraintInterface {
  validate = (value: unknown): boolean => typeof value === 'string' && !hasHiddenCharacters(value);
  defaultMessage = (): string => 'must have neither control nor format characters';
}

export class GuestDto {
  /** How the refresh token travels. `body`: in the answer; `cookie`: where no script of a page can read it. */
  @MayBeAbsent()
  @IsIn(['body', 'cookie'])
  transport?: 'body' | 'cookie';
}

export class RegisterDto extends GuestDto {
  /** Compared and shown after NFKC, case folding and trimming. */
  @Username()
  @Text({ min: 3, max: 80 })
  @Validate(VisibleCharacters)
  username!: string;

  /** Any characters. Not one of the commonest, and not your own name. */
  @Text({ min: 8, max: 128 })
  password!: string;

  /** Shown instead of the username. */
  @MayBeAbsent()
  @Trim()
  @Text({ min: 1, max: 80 })
  displayName?: string;
}

export class LoginDto extends GuestDto {
  @Username()
  @Text({ min: 1, max: 200 })
  username!: string;

  @Text({ min: 1, max: 1000 })
  password!: string;
}

export class RefreshDto {
  /** As the last answer gave it. Good for one use. Absent: the cookie has it. */
  @MayBeAbsent()
  @Text({ min: 1, max: 200 })
  refreshToken?: string;
}

export class TokensResponse {
  /** A JWT, for `Authorization: Bearer`. */
  accessToken!: string;
  @ApiProperty({ enum: ['Bearer'] })
  tokenType!: 'Bearer';
  /** Seconds until the access token expires. */
  expiresIn!: number;
  /** For `POST /auth/refresh`. Keep it secret. Null: it is in the cookie. */
  refreshToken!: string | null;
  user!: UserResponse;
}

export class TicketResponse {
  /** For the first frame of one socket: `{"type": "auth", "ticket": "…"}`. */
  ticket!: string;
  /** Seconds. */
  expiresIn!: number;
}
