import { batch, signal } from '@preact/signals';
import type { Page } from '../api/types';

type Load<Row> = (place: { readonly cursor?: string; readonly limit: number }) => Promise<Page<Row>>;

const PAGE = 30;
/** As many as the server gives at a time. */
const LARGEST_PAGE = 100;

/** Rows that come in pages, as far as they have been asked for. */
export class PagedList<Row extends { readonly id: string }> {
  readonly rows = signal<readonly Row[]>([]);
  readonly hasMore = signal(false);
  /** `first`: nothing has come yet. */
  readonly state = signal<'first' | 'loading' | 'ready' | 'failed'>('first');
  private cursor: string | null = null;
  private latest = 0;

  constructor(private readonly load: Load<Row>) {}

  /** The first page anew. Rows that were loaded beyond it stay where they still follow on it. */
  async refresh(): Promise<void> {
    const seen = this.rows.value;
    const limit = Math.min(Math.max(seen.length, PAGE), LARGEST_PAGE);
    await this.take({ limit }, ({ data, hasMore, nextCursor }) => {
      const last = data.at(-1);
      const at = last ? seen.findIndex(({ id }) => id === last.id) : -1;
      const fresh = new Set(data.map(({ id }) => id));
      const beyond = hasMore && at >= 0 ? seen.slice(at + 1).filter(({ id }) => !fresh.has(id)) : [];
      this.rows.value = [...data, ...beyond];
      if (beyond.length > 0) return;
      this.cursor = nextCursor;
      this.hasMore.value = hasMore;
    });
  }

  async loadMore(): Promise<void> {
    if (this.state.value === 'loading' || this.cursor === null) return;
    await this.take({ cursor: this.cursor, limit: PAGE }, ({ data, hasMore, nextCursor }) => {
      const known = new Set(this.rows.value.map(({ id }) => id));
      this.rows.value = [...this.rows.value, ...data.filter(({ id }) => !known.has(id))];
      this.cursor = nextCursor;
      this.hasMore.value = hasMore;
    });
  }

  /** A row that is here already is changed where it is. */
  replace(row: Row): void {
    this.rows.value = this.rows.value.map((other) => (other.id === row.id ? row : other));
  }

  has(id: string): boolean {
    return this.rows.value.some((row) => row.id === id);
  }

  remove(id: string): void {
    this.rows.value = this.rows.value.filter((row) => row.id !== id);
  }

  /** These rows first, and after them what is here from `onto` on; null: nothing. What is being loaded is out of date then. */
  graft(rows: readonly Row[], onto: string | null): void {
    this.latest++;
    const at = onto === null ? -1 : this.rows.value.findIndex(({ id }) => id === onto);
    if (at < 0) [this.cursor, this.hasMore.value] = [null, false];
    this.rows.value = [...rows, ...(at < 0 ? [] : this.rows.value.slice(at))];
    this.state.value = 'ready';
  }

  /** An answer that comes after that to a later question is dropped. @throws Problem */
  private async take(place: Parameters<Load<Row>>[0], put: (page: Page<Row>) => void): Promise<void> {
    const turn = ++this.latest;
    if (this.state.value !== 'first') this.state.value = 'loading';
    try {
      const page = await this.load(place);
      if (turn === this.latest)
        batch(() => {
          put(page);
          this.state.value = 'ready';
        });
    } catch (error) {
      if (turn === this.latest) this.state.value = 'failed';
      throw error;
    }
  }
}
