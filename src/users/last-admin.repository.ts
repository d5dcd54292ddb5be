import type { EntityManager } from 'typeorm';
import { DomainError } from '../common/errors/domain-error';

/**
 * Locks the administrators until the transaction ends, so that of two who remove each other one is refused: who asks must still be
 * one, whatever is remembered of it.
 *
 * @param actorId who asks; null: whoever runs the command line, or the account itself.
 * @returns the administrators' ids.
 * @throws DomainError `forbidden` – the one who asks is an administrator no more.
 */
export async function lockAdmins(transaction: EntityManager, actorId: string | null): Promise<string[]> {
  const admins = await transaction.query<{ id: string }[]>(
    `select id from users where role = 'admin' and disabled_at is null and erased_at is null
     order by id for no key update`,
  );
  const ids = admins.map(({ id }) => id);
  if (actorId !== null && !ids.includes(actorId))
    throw new DomainError('forbidden', 'This is for administrators.');
  return ids;
}

/** @throws DomainError `conflict` – that one is the last. */
export function keepAnAdmin(admins: readonly string[], id: string): void {
  if (admins.length === 1 && admins[0] === id)
    throw new DomainError('conflict', 'This is the last administrator. Make another one first.');
}
