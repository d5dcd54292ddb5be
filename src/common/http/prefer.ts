import { ApiHeader } from '@nestjs/swagger';

/** RFC 7240, as far as we know it: how long the caller wants to wait for the outcome. */
export interface Preference {
  /** Zero: not at all (`respond-async`). Null: as long as the server does by itself. */
  readonly waitMs: number | null;
}

/** What we don't know in it is ignored, as the RFC asks. */
export function parsePrefer(header: string | undefined): Preference {
  const preferences = (header ?? '')
    .toLowerCase()
    .split(',')
    .map((part) => part.trim());
  if (preferences.includes('respond-async')) return { waitMs: 0 };
  const wait = preferences.map((part) => /^wait\s*=\s*"?(\d{1,6})"?$/.exec(part)?.[1]).find(Boolean);
  return { waitMs: wait === undefined ? null : Number(wait) * 1000 };
}

/** Documents that the caller may say how long it waits. */
export const ApiPrefer = () =>
  ApiHeader({
    name: 'Prefer',
    required: false,
    description: '`respond-async`, or `wait=N` in seconds',
    schema: { type: 'string' },
  });
