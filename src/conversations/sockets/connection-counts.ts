import { Injectable } from '@nestjs/common';
import { Config } from '../../config/config';

/** How many sockets each account and each address has open, in this process. */
@Injectable()
export class ConnectionCounts {
  private readonly users = new Map<string, number>();
  private readonly addresses = new Map<string, number>();

  constructor(private readonly config: Config) {}

  get open(): number {
    return [...this.addresses.values()].reduce((sum, count) => sum + count, 0);
  }

  /** Whether that address may have one more, which is then counted. */
  addOfAddress(address: string): boolean {
    return add(this.addresses, address, this.config.limits.socketsPerAddress);
  }

  /** Whether that account may have one more, which is then counted. */
  addOfUser(userId: string): boolean {
    return add(this.users, userId, this.config.limits.socketsPerUser);
  }

  /** A counted socket has ended; `userId` is null where it was never counted for an account. */
  remove(address: string, userId: string | null): void {
    remove(this.addresses, address);
    if (userId !== null) remove(this.users, userId);
  }
}

function add(counts: Map<string, number>, key: string, max: number): boolean {
  const count = counts.get(key) ?? 0;
  if (count >= max) return false;
  counts.set(key, count + 1);
  return true;
}

function remove(counts: Map<string, number>, key: string): void {
  const left = (counts.get(key) ?? 0) - 1;
  if (left > 0) counts.set(key, left);
  else counts.delete(key);
}
