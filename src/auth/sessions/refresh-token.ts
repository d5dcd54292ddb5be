import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';

const PREFIX = 'rt_';
const [ID_BYTES, NUMBER_BYTES, MAC_BYTES] = [16, 4, 32];

interface Signed {
  readonly id: string;
  readonly salt: Buffer;
}

/**
 * Makes and reads refresh tokens: session id, number of the rotation, and a MAC over both and the session's random salt.
 * So a token can be made again from its number, and none is stored.
 */
export class RefreshTokens {
  private readonly keys: readonly Buffer[];

  /** Made under the first secret; believed under any. */
  constructor(secrets: readonly string[]) {
    this.keys = secrets.map((secret) =>
      Buffer.from(hkdfSync('sha256', secret, '', 'parley refresh token v1', 32)),
    );
  }

  make(session: Signed, rotation: number): string {
    const head = Buffer.alloc(ID_BYTES + NUMBER_BYTES);
    head.write(session.id.replaceAll('-', ''), 'hex');
    head.writeUInt32BE(rotation, ID_BYTES);
    return PREFIX + Buffer.concat([head, mac(this.keys[0]!, head, session.salt)]).toString('base64url');
  }

  /** What a token claims. Null when it is none of ours. Believe it only after `isGenuine`. */
  read(token: string): { sessionId: string; rotation: number } | null {
    const bytes = Buffer.from(token.slice(PREFIX.length), 'base64url');
    if (!token.startsWith(PREFIX) || bytes.length !== ID_BYTES + NUMBER_BYTES + MAC_BYTES) return null;
    const hex = bytes.toString('hex', 0, ID_BYTES);
    const sessionId = hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
    return { sessionId, rotation: bytes.readUInt32BE(ID_BYTES) };
  }

  isGenuine(token: string, { salt }: Signed): boolean {
    const bytes = Buffer.from(token.slice(PREFIX.length), 'base64url');
    const head = bytes.subarray(0, ID_BYTES + NUMBER_BYTES);
    return this.keys.some((key) => timingSafeEqual(bytes.subarray(head.length), mac(key, head, salt)));
  }
}

const mac = (key: Buffer, head: Buffer, salt: Buffer): Buffer =>
  createHmac('sha256', key).update(head).update(salt).digest();
