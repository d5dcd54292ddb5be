import fc from 'fast-check';
import { newId } from '../ids';
import { decodeCursor, encodeCursor } from './cursor';

const anId = fc.uuid();
const aTime = fc.date({ min: new Date(0), max: new Date('9999-01-01'), noInvalidDate: true });
const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const refusal = expect.objectContaining({ code: 'invalid_cursor' }) as Error;

describe('A cursor', () => {
  it('leads back to its place in a list by id', () => {
    fc.assert(fc.property(anId, (id) => expect(decodeCursor(encodeCursor({ id }), 'id')).toEqual({ id })));
  });

  it('leads back to its place in a list by time, to the millisecond', () => {
    fc.assert(
      fc.property(anId, aTime, (id, at) =>
        expect(decodeCursor(encodeCursor({ id, at }), 'time')).toEqual({ id, at }),
      ),
    );
  });

  it('goes into a query as it is', () => {
    fc.assert(
      fc.property(anId, aTime, (id, at) => expect(encodeCursor({ id, at })).toMatch(/^[\w-]{1,200}$/)),
    );
  });

  it('is refused by a list with another order', () => {
    const id = newId();
    expect(() => decodeCursor(encodeCursor({ id }), 'time')).toThrow(refusal);
    expect(() => decodeCursor(encodeCursor({ id, at: new Date() }), 'id')).toThrow(refusal);
  });

  it('is refused when it is any other text', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string({ unit: 'binary' }), fc.base64String(), fc.json().map(encode)),
        (text) => {
          expect(() => decodeCursor(text, 'id')).toThrow(refusal);
          expect(() => decodeCursor(text, 'time')).toThrow(refusal);
        },
      ),
    );
  });

  it.each([
    ['no id', ['x', 1]],
    ['a number for an id', [1, 1]],
    ['a time that is none', [newId(), null]],
    ['a time as text', [newId(), '1']],
    ['a time before 1970', [newId(), -1]],
    ['a time inside a millisecond', [newId(), 1.5]],
    ['a time after the year 9999', [newId(), 8e15]],
    ['a part too many', [newId(), 1, 1]],
    ['an object', { id: newId(), at: 1 }],
    ['null', null],
  ])('is refused with %s in it', (_what, value) => {
    expect(() => decodeCursor(encode(value), 'time')).toThrow(refusal);
  });

  it('is refused with anything after it', () => {
    const cursor = encodeCursor({ id: newId(), at: new Date() });
    for (const end of ['A', '=', '==', '.', ' '])
      expect(() => decodeCursor(cursor + end, 'time')).toThrow(refusal);
  });
});
