import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { buildMessage, isRFC3339, ValidateBy } from 'class-validator';

/** A moment as RFC 3339 writes it, with its offset from UTC. */
export function Timestamp(): PropertyDecorator {
  return applyDecorators(
    ApiProperty({ format: 'date-time' }),
    ValidateBy({
      name: 'timestamp',
      validator: {
        validate: (value) => isRFC3339(value) && !Number.isNaN(Date.parse(value as string)),
        defaultMessage: buildMessage((each) => `${each}must be a time such as 2030-01-31T12:00:00Z`),
      },
    }),
  );
}
