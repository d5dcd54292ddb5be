import { withMigrations } from './migration-lock';

/** Whether `url` leads to a pooler that keeps settings back. Any other trouble is not for here. */
export function refusesSettings(url: string): Promise<boolean> {
  return withMigrations(url, () => Promise.resolve(false)).catch(
    (error: unknown) => error instanceof Error && error.message.includes('connection pooler'),
  );
}
