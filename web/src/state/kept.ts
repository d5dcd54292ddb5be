/** What this browser keeps: the part of `Storage` that is used. */
export type Shelf = Pick<Storage, 'getItem' | 'setItem' | 'removeItem' | 'key' | 'length'>;

const PREFIX = 'parley.';

/** Values in the browser's storage, under names that begin with `parley.` and a person's id. */
export class Kept {
  private readonly prefix: string;

  constructor(
    private readonly shelf: Shelf | null,
    person: string,
  ) {
    this.prefix = `${PREFIX}${person}.`;
  }

  read(name: string): unknown {
    try {
      return JSON.parse(this.shelf?.getItem(this.prefix + name) ?? 'null');
    } catch {
      return null; // not written by us
    }
  }

  /** Null takes it away. A full or forbidden storage is not worth a failure. */
  write(name: string, value: unknown): void {
    try {
      if (value === null) this.shelf?.removeItem(this.prefix + name);
      else this.shelf?.setItem(this.prefix + name, JSON.stringify(value));
    } catch {
      // then it is kept as long as the page lives
    }
  }

  /** Forgets all that was kept of this person. */
  clear(): void {
    const { shelf } = this;
    if (!shelf) return;
    const names = Array.from({ length: shelf.length }, (_, n) => shelf.key(n)!);
    for (const name of names) if (name.startsWith(this.prefix)) shelf.removeItem(name);
  }
}

/** Storage can be forbidden, and then even its name throws. */
export function browserShelf(): Shelf | null {
  try {
    return localStorage;
  } catch {
    return null;
  }
}
