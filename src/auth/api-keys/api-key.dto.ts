import { ApiProperty } from '@nestjs/swagger';
import { Validate, ValidatorConstraint, type ValidatorConstraintInterface } from 'class-validator';
import { SCOPES, type Scope } from '../../common/auth/caller';
import { MayBeNull, Text, Trim } from '../../common/validation/text';
import { Timestamp } from '../../common/validation/timestamp';

/** One check in place of several: each of them would look at every item of a list of any length. */
@ValidatorConstraint({ name: 'scopes' })
class SomeScopes implements ValidatorConstraintInterface {
  validate(value: unknown): boolean {
    if (!Array.isArray(value) || value.length === 0 || value.length > SCOPES.length) return false;
    const known: readonly unknown[] = SCOPES;
    return value.every((scope) => known.includes(scope)) && new Set(value).size === value.length;
  }

  defaultMessage = (): string => `must be some of ${SCOPES.join(', ')}, each once`;
}

export class CreateApiKeyDto {
  /** What the key is for, in your own words. */
  @Trim()
  @Text({ min: 1, max: 80 })
  name!: string;

  /** What the key may do: `chat` (which includes `read`), `read`, and for administrators `admin`. */
  @ApiProperty({ enum: SCOPES, isArray: true, minItems: 1, uniqueItems: true })
  @Validate(SomeScopes)
  scopes!: Scope[];

  /** RFC 3339, in the future. Absent or null: never. */
  @MayBeNull()
  @Timestamp()
  expiresAt?: string | null;
}

export class ApiKeyResponse {
  id!: string;
  name!: string;
  /** The first characters of the key. */
  prefix!: string;
  @ApiProperty({ enum: SCOPES, isArray: true })
  scopes!: Scope[];
  /** ISO 8601, UTC, with milliseconds. */
  createdAt!: string;
  /** At most a minute behind. Null: never. */
  lastUsedAt!: string | null;
  /** Null: never. */
  expiresAt!: string | null;
}

export class CreatedApiKeyResponse extends ApiKeyResponse {
  /** For `Authorization: Bearer`. Shown this once. */
  key!: string;
}
