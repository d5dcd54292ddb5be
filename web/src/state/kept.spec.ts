import { MemoryShelf } from '../fakes/memory-shelf';
import { browserShelf, Kept, type Shelf } from './kept';

const refuse = () => {
  throw new DOMException('No.', 'QuotaExceededError');
};

/** A storage that is full, or that may not be used. */
const forbidden: Shelf = { length: 0, key: () => null, getItem: refuse, setItem: refuse, removeItem: refuse };

describe('What a browser keeps', () => {
  it('is there again after a reload', () => {
    const shelf = new MemoryShelf();
    new Kept(shelf, 'ana').write('draft.c1', { text: 'How cold is “Oslo”? 😀' });
    expect(new Kept(shelf, 'ana').read('draft.c1')).toEqual({ text: 'How cold is “Oslo”? 😀' });
  });

  it('is null when there is none', () => {
    expect(new Kept(new MemoryShelf(), 'ana').read('draft.c1')).toBeNull();
  });

  it('is nobody else’s', () => {
    const shelf = new MemoryShelf();
    new Kept(shelf, 'ana').write('draft.c1', 'mine');
    expect(new Kept(shelf, 'ben').read('draft.c1')).toBeNull();
  });

  it('goes when it is written as null', () => {
    const shelf = new MemoryShelf();
    const kept = new Kept(shelf, 'ana');
    kept.write('draft.c1', 'Oslo');
    kept.write('draft.c1', null);
    expect([kept.read('draft.c1'), shelf.names]).toEqual([null, []]);
  });

  it.each(['', '{"text":', 'undefined', '<html>'])(
    'is null when something else has written %j',
    (written) => {
      const shelf = new MemoryShelf();
      const kept = new Kept(shelf, 'ana');
      kept.write('draft.c1', 'Oslo');
      shelf.setItem(shelf.names[0]!, written);
      expect(kept.read('draft.c1')).toBeNull();
    },
  );

  it.each([
    ['full or forbidden', forbidden],
    ['not there', null],
  ])('is nothing when the storage is %s, and nothing fails', (_what, shelf) => {
    const kept = new Kept(shelf, 'ana');
    kept.write('draft.c1', 'Oslo');
    kept.write('draft.c1', null);
    expect(kept.read('draft.c1')).toBeNull();
    kept.clear();
  });

  it('is forgotten without what is kept of others', () => {
    const shelf = new MemoryShelf();
    const [ana, ben] = [new Kept(shelf, 'ana'), new Kept(shelf, 'ben')];
    for (const name of ['draft.c1', 'draft.c2', 'asking.c1']) ana.write(name, 'Oslo');
    ben.write('draft.c1', 'Bergen');
    shelf.setItem('parley.theme', 'dark');
    shelf.setItem('another.app', 'ana');
    ana.clear();
    expect(shelf.names).toEqual(['parley.ben.draft.c1', 'parley.theme', 'another.app']);
  });
});

describe('The storage of a browser', () => {
  const forbid = (get: () => unknown) =>
    Object.defineProperty(globalThis, 'localStorage', { get, configurable: true });
  afterEach(() => void Reflect.deleteProperty(globalThis, 'localStorage'));

  it('is none where even its name is forbidden', () => {
    forbid(() => {
      throw new DOMException('No.', 'SecurityError');
    });
    expect(browserShelf()).toBeNull();
  });

  it('is used where it is allowed', () => {
    const shelf = new MemoryShelf();
    forbid(() => shelf);
    expect(browserShelf()).toBe(shelf);
  });
});
