import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { isStorable } from './storable';
import { buildMessage, ValidateBy, ValidateIf } from 'class-validator';

interface TextBounds {
  /** UTF-16 units. */
  readonly min?: number;
  /** UTF-16 units. */
  readonly max: number;
}

/** A string of so many UTF-16 units (class-validator's own `Length` counts an emoji as one). */
export function Text({ min = 0, max }: TextBounds): PropertyDecorator {
  return applyDecorators(
    ApiProperty({ minLength: min, maxLength: max }),
    ValidateBy({
      name: 'text',
      validator: {
        validate: (value) =>
          typeof value === 'string' && value.length >= min && value.length <= max && isStorable(value),
        defaultMessage: buildMessage((each, given) =>
          given?.value === '' && min === 1
            ? `${each}must not be empty`
            : `${each}must be text of ${min} to ${max} characters`,
        ),
      },
    }),
  );
}

/** Takes white space from both ends before the checks. Of a text that may not be empty, something must be left. */
export const Trim = (): PropertyDecorator =>
  applyDecorators(
    ApiProperty({ pattern: '\\S' }),
    Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? value.trim() : value)),
  );

/** May be absent, not null. */
export const MayBeAbsent = (): PropertyDecorator => ValidateIf((_, value) => value !== undefined);

/** May be absent (leave as it is) or null (clear). */
export const MayBeNull = (): PropertyDecorator =>
  ValidateIf((_, value) => value !== undefined && value !== null);
