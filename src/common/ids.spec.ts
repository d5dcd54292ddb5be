import { isId, newId } from './ids';

const UUID_V7 = /^[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/;

const ids = (count: number) => Array.from({ length: count }, () => newId());
/** Milliseconds since 1970. */
const timeOf = (id: string) => parseInt(id.replace('-', '').slice(0, 12), 16);

describe('A new id', () => {
  it('is a UUIDv7', () => {
    for (const id of ids(100)) expect(id).toMatch(UUID_V7);
  });

  it('tells the time of its making', () => {
    const before = Date.now();
    const [id] = ids(1);
    expect(timeOf(id!)).toBeGreaterThanOrEqual(before);
    expect(timeOf(id!)).toBeLessThan(Date.now() + 1000); // it may run ahead a little
  });

  it('sorts after all that were made before, also within a millisecond', () => {
    const made = ids(20_000);
    expect([...made].sort()).toEqual(made);
    expect(new Set(made).size).toBe(made.length);
  });

  it('sorts after all that were made before, also when the clock is set back', () => {
    const clock = jest.spyOn(Date, 'now');
    try {
      const now = timeOf(newId());
      const made = [now + 10, now + 9, now - 60_000, now + 11].map((time) => {
        clock.mockReturnValue(time);
        return newId();
      });
      expect([...made].sort()).toEqual(made);
    } finally {
      clock.mockRestore();
    }
  });

  it('is more than its time and its number', () => {
    const tails = new Set(ids(1000).map((id) => id.slice(19)));
    expect(tails.size).toBe(1000);
  });
});

describe('An id', () => {
  it.each([newId(), newId().toUpperCase(), '00000000-0000-0000-0000-000000000000'])('can be %s', (id) => {
    expect(isId(id)).toBe(true);
  });

  it.each([
    '',
    'x',
    newId().replaceAll('-', ''),
    `${newId()} `,
    `${newId()}\n`,
    `{${newId()}}`,
    `urn:uuid:${newId()}`,
    newId().slice(1),
    newId().replace(/.$/, 'g'),
  ])('cannot be %j', (text) => {
    expect(isId(text)).toBe(false);
  });
});
