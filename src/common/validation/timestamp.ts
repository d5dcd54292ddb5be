import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { buildMessage, isRFC3339, ValidateBy } from 'class-validator';

/** Beyond it, ISO 8601 writes years in another way. */
const LATEST_MS = Date.UTC(10_000, 0, 1);

/** A moment as RFC 3339 writes it, with its offset from UTC, up to the year 9999. */
export function Timestamp(): PropertyDecorator {
  return applyDecorators(
    ApiProperty({ format: 'date-time' }),
    ValidateBy({
      name: 'timestamp',
      validator: {
        validate: (value) => isRFC3339(value) && isMoment(value as string),
        defaultMessage: buildMessage((each) => `${each}must be a time such as 2030-01-31T12:00:00Z`),
      },
    }),
  );
}

/** JavaScript takes the 30th of February for the 2nd of March, and a leap second for nothing. */
function isMoment(text: string): boolean {
  const [year, month, day] = text.slice(0, 10).split('-').map(Number) as [number, number, number];
  return new Date(Date.UTC(year, month - 1, day)).getUTCDate() === day && Date.parse(text) < LATEST_MS;
}
