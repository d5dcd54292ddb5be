import type { Shelf } from '../state/kept';

/** A browser's storage, without the browser. */
export class MemoryShelf implements Shelf {
  private readonly values = new Map<string, string>();

  get length(): number {
    return this.values.size;
  }

  key = (at: number): string | null => [...this.values.keys()][at] ?? null;
  getItem = (name: string): string | null => this.values.get(name) ?? null;
  setItem = (name: string, value: string): void => void this.values.set(name, value);
  removeItem = (name: string): void => void this.values.delete(name);

  get names(): string[] {
    return [...this.values.keys()];
  }
}
