import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { Transform } from 'class-transformer';

// A query has only strings. What is not written exactly as it should be stays a string, and fails the check that follows.
type Given = { value: unknown };

/** Plain decimal digits become a number: not `1e1`, not ` 1`. */
export const Digits = (): PropertyDecorator =>
  applyDecorators(
    ApiProperty({ type: 'integer' }),
    Transform(({ value }: Given) =>
      typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value,
    ),
  );

/** `true` and `false` become a boolean. */
export const TrueOrFalse = (): PropertyDecorator =>
  Transform(({ value }: Given) => (value === 'true' ? true : value === 'false' ? false : value));
