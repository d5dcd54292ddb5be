import type { Reservation, SpentTokens, WantedTokens } from '../../src/usage/tokens';
import type { UsageService } from '../../src/usage/usage.service';
import type { Public } from '../support/stand-in';

/** Sets aside whatever is asked for, and remembers how each call was settled. */
export class FakeUsageService implements Public<UsageService> {
  readonly reserved: WantedTokens[] = [];
  readonly settled: (SpentTokens | null)[] = [];
  /** Thrown by the next settles, first one first. */
  readonly troubles: Error[] = [];

  reserve(userId: string, wanted: WantedTokens): Promise<Reservation> {
    this.reserved.push(wanted);
    return Promise.resolve({ id: 'a reservation', userId });
  }

  settle(_reservation: Reservation, spent: SpentTokens | null): Promise<void> {
    const trouble = this.troubles.shift();
    if (trouble) return Promise.reject(trouble);
    this.settled.push(spent);
    return Promise.resolve();
  }

  days = () => Promise.reject(new Error('Nobody reports here.'));
  quota = () => Promise.reject(new Error('Nobody reports here.'));
}
