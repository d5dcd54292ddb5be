import fc from 'fast-check';
import { createHash } from 'node:crypto';
import { hashOf, isApiKey, isWellFormed, newApiKey } from './api-key';

const LENGTH = 'pk_'.length + 56;

/** A place in a key, and something else to put there. */
const aPlace = fc.nat({ max: LENGTH - 1 });
const aHexDigit = fc.constantFrom(...'0123456789abcdef');

const replaced = (key: string, at: number, by: string) => key.slice(0, at) + by + key.slice(at + 1);

describe('An API key', () => {
  it('is `pk_` and 56 hexadecimal digits, of which the first 8 are shown later', () => {
    const { key, prefix } = newApiKey();
    expect(key).toMatch(/^pk_[0-9a-f]{56}$/);
    expect(prefix).toBe(key.slice(0, 11));
  });

  it('is well formed as it is made, and known by its hash', () => {
    for (let n = 0; n < 100; n++) {
      const { key, hash } = newApiKey();
      expect(isWellFormed(key)).toBe(true);
      expect(isApiKey(key)).toBe(true);
      expect(hash).toEqual(createHash('sha256').update(key).digest());
      expect(hashOf(key)).toEqual(hash);
    }
  });

  it('is another each time, beyond its prefix, too', () => {
    const keys = Array.from({ length: 1_000 }, () => newApiKey().key);
    expect(new Set(keys).size).toBe(keys.length);
    expect(new Set(keys.map((key) => key.slice(11, 51))).size).toBe(keys.length);
  });

  it('is not well formed once any one of its characters is another', () => {
    fc.assert(
      fc.property(aPlace, aHexDigit, (at, digit) => {
        const { key } = newApiKey();
        fc.pre(key[at] !== digit);
        expect(isWellFormed(replaced(key, at, digit))).toBe(false);
      }),
      { numRuns: 1_000 },
    );
  });

  it('is not well formed once two neighbours have changed places', () => {
    fc.assert(
      fc.property(fc.nat({ max: LENGTH - 2 }), (at) => {
        const { key } = newApiKey();
        fc.pre(key[at] !== key[at + 1]);
        const swapped = replaced(replaced(key, at, key[at + 1]!), at + 1, key[at]!);
        expect(isWellFormed(swapped)).toBe(false);
      }),
      { numRuns: 1_000 },
    );
  });

  it.each<[string, (key: string) => string]>([
    ['in upper case', (key) => `pk_${key.slice(3).toUpperCase()}`],
    ['without its last digit', (key) => key.slice(0, -1)],
    ['with a digit too many', (key) => `${key}0`],
    ['with a line end behind it', (key) => `${key}\n`],
    ['with a space before it', (key) => ` ${key}`],
    ['without its beginning', (key) => key.slice(3)],
    ['with another beginning', (key) => key.replace('pk_', 'sk_')],
    ['twice', (key) => key + key],
  ])('is not well formed %s', (_how, change) => {
    const { key } = newApiKey();
    const changed = change(key);
    expect(changed === key.toUpperCase() || changed !== key).toBe(true);
    expect(isWellFormed(changed)).toBe(false);
  });

  it('is not made up by anybody', () => {
    const hexadecimal = fc.string({ unit: aHexDigit, minLength: 56, maxLength: 56 });
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), hexadecimal), (text) => {
        expect(isWellFormed(`pk_${text}`)).toBe(false);
        expect(isWellFormed(text)).toBe(false);
      }),
      { numRuns: 1_000 },
    );
  });

  it('is told from other tokens by its beginning alone', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(isApiKey(`pk_${text}`)).toBe(true);
        expect(isApiKey(`rt_${text}`)).toBe(false);
        expect(isApiKey(`eyJ${text}`)).toBe(false);
      }),
    );
    expect(isApiKey('PK_0')).toBe(false);
  });
});
