import fc from 'fast-check';
import { randomBytes } from 'node:crypto';
import { newId } from '../../common/ids';
import { RefreshTokens } from './refresh-token';

const SECRET = 'a secret of a good length, for tests only';
const tokens = new RefreshTokens([SECRET]);
const aSession = () => ({ id: newId(), salt: randomBytes(16) });
const aRotation = fc.integer({ min: 0, max: 2 ** 31 - 1 });

describe('A refresh token', () => {
  it('says which session and which rotation it is of', () => {
    fc.assert(
      fc.property(fc.uuid(), aRotation, (id, rotation) => {
        const token = tokens.make({ id, salt: randomBytes(16) }, rotation);
        expect(tokens.read(token)).toEqual({ sessionId: id, rotation });
      }),
    );
  });

  it('can be made again', () => {
    const session = aSession();
    expect(new RefreshTokens([SECRET]).make(session, 7)).toBe(tokens.make(session, 7));
  });

  it('is another for every session, salt and rotation', () => {
    const session = aSession();
    const others = [
      { ...session, id: newId() },
      { ...session, salt: randomBytes(16) },
    ].map((other) => tokens.make(other, 1));
    expect(new Set([tokens.make(session, 1), tokens.make(session, 2), ...others]).size).toBe(4);
  });

  it('is genuine for its session', () => {
    const session = aSession();
    expect(tokens.isGenuine(tokens.make(session, 3), session)).toBe(true);
  });

  it('is not genuine for a session of another salt, nor by another secret', () => {
    const session = aSession();
    expect(tokens.isGenuine(tokens.make(session, 3), aSession())).toBe(false);
    const forged = new RefreshTokens([`${SECRET}!`]).make(session, 3);
    expect(tokens.isGenuine(forged, session)).toBe(false);
  });

  it('is not genuine when any of its bytes is another', () => {
    const session = aSession();
    const bytes = Buffer.from(tokens.make(session, 3).slice(3), 'base64url');
    for (let at = 0; at < bytes.length; at++) {
      const changed = Buffer.from(bytes);
      changed[at]! ^= 1;
      expect(tokens.isGenuine(`rt_${changed.toString('base64url')}`, session)).toBe(false);
    }
  });

  it('fits into a body, and needs no escape anywhere', () => {
    expect(tokens.make(aSession(), 2 ** 31 - 1)).toMatch(/^rt_[\w-]{60,190}$/);
  });

  it('is nothing in any other text', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.base64String().map((text) => `rt_${text}`),
        ),
        (text) => {
          expect(tokens.read(text)).toBeNull();
        },
      ),
    );
  });

  it('is nothing when it is cut, or begins otherwise', () => {
    const token = tokens.make(aSession(), 0);
    for (const other of [token.slice(0, -2), `${token}AA`, token.slice(3), token.replace('rt_', 'pk_')]) {
      expect(tokens.read(other)).toBeNull();
    }
  });
});
