import { LRUCache } from 'lru-cache';

/** The contract: what has ended is refused on every replica within 5 s. */
const FRESH_MS = 4_000;
const ENDED = 'ended';
/** Of a look that is interrupted the cache hands on values only: in place of nothing it would throw. */
const NONE = 'none';

/** What the database said of sessions or keys a moment ago: it is asked of each once in four seconds, and not at every request. */
export class RecentStates<State extends object> {
  private readonly states: LRUCache<string, State | typeof ENDED | typeof NONE>;

  /**
   * @param max how many are remembered.
   * @param look asks the database. Null: there is none.
   * @param leftMs for how long a state can be believed at most; none at all when it is not above 0.
   */
  constructor(
    max: number,
    look: (id: string) => Promise<State | null>,
    leftMs: (state: State) => number = () => FRESH_MS,
  ) {
    this.states = new LRUCache({
      max,
      ttl: FRESH_MS,
      ignoreFetchAbort: true, // who is just being looked up while it ends gets what was found
      fetchMethod: async (id, _stale, { options }) => {
        const askedAt = performance.now(); // what is found may have changed since
        const state = await look(id);
        const left = state ? leftMs(state) : FRESH_MS;
        options.ttl = Math.max(1, Math.min(left, FRESH_MS - (performance.now() - askedAt)));
        return state && left > 0 ? state : NONE;
      },
    });
  }

  /** At most 4 s old. Null: there is none, or it has ended. */
  async find(id: string): Promise<State | null> {
    const state = await this.states.fetch(id);
    if (this.states.peek(id) === NONE) this.states.delete(id); // asked about each time: there may be one by then
    return typeof state === 'object' ? state : null;
  }

  /** Refuses at once what has ended here. To delete it would let a look that is under way put it back. */
  noteEnd(id: string): void {
    this.states.set(id, ENDED);
  }
}
