import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { buildMessage, ValidateBy } from 'class-validator';

/** A day as ISO 8601 writes it, `YYYY-MM-DD`, that the calendar has, from the year 1 on. */
export function Day(): PropertyDecorator {
  return applyDecorators(
    ApiProperty({ format: 'date' }),
    ValidateBy({
      name: 'day',
      validator: {
        validate: (value) => typeof value === 'string' && isDay(value),
        defaultMessage: buildMessage((each) => `${each}must be a day such as 2030-01-31`),
      },
    }),
  );
}

/** JavaScript takes the 30th of February for the 2nd of March; Postgres has no year 0. */
function isDay(text: string): boolean {
  const at = Date.parse(`${text}T00:00:00Z`);
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && text >= '0001' && !Number.isNaN(at) && dayOf(at) === text;
}

/** Of a moment in milliseconds, in UTC. */
export const dayOf = (atMs: number): string => new Date(atMs).toISOString().slice(0, 10);

export const DAY_MS = 86_400_000;
