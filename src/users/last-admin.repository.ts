import type { EntityManager } from 'typeorm';
import { DomainError } from '../common/errors/domain-error';

/**
 * Locks the administrators until the transaction ends, so that of two who remove each other one is refused.
 *
 * @throws DomainError `conflict` – that one is the last.
 */
export async function keepAnAdmin(transaction: EntityManager, id: string): Promise<void> {
  const admins = await transaction.query<{ id: string }[]>(
    `select id from users where role = 'admin' and disabled_at is null and erased_at is null
     order by id for no key update`,
  );
  if (admins.length === 1 && admins[0]!.id === id)
    throw new DomainError('conflict', 'This is the last administrator. Make another one first.');
}
