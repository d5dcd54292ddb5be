import fc from 'fast-check';
import { parsePrefer } from './prefer';

describe('A preference', () => {
  it.each([
    ['nothing', undefined, null],
    ['an empty header', '', null],
    ['not to wait', 'respond-async', 0],
    ['not to wait, in other case', 'Respond-Async', 0],
    ['not to wait, whatever else', 'wait=10, respond-async', 0],
    ['to wait', 'wait=10', 10_000],
    ['to wait, with white space', ' wait = 10 ', 10_000],
    ['to wait, in quotes', 'wait="10"', 10_000],
    ['to wait, among others', 'handling=lenient, wait=10, return=minimal', 10_000],
    ['two waits, of which the first counts', 'wait=10, wait=20', 10_000],
    ['to wait no time', 'wait=0', 0],
    ['to wait a time that is none', 'wait=soon', null],
    ['to wait a time below none', 'wait=-1', null],
    ['to wait a part of a second', 'wait=1.5', null],
    ['to wait longer than anybody would', 'wait=10000000', null],
    ['something else', 'return=minimal', null],
    ['something that begins like one', 'respond-asynchronously', null],
  ])('can be %s', (_what, header, waitMs) => {
    expect(parsePrefer(header)).toEqual({ waitMs });
  });

  it('is a time or none, whatever the header says', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'wait=respond-async,; "0189') }), (header) => {
        const { waitMs } = parsePrefer(header);
        if (waitMs !== null) expect(waitMs).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});
