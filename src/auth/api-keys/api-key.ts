import { createHash, randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';

const FORM = /^pk_([0-9a-f]{8})([0-9a-f]{40})([0-9a-f]{8})$/;

/** A new key: `pk_`, 8 characters to know it by, 160 random bits, and a checksum. All hexadecimal. */
export function newApiKey(): { key: string; prefix: string; hash: Buffer } {
  const body = `pk_${randomBytes(24).toString('hex')}`;
  const key = body + checksum(body);
  return { key, prefix: body.slice(0, 11), hash: hashOf(key) };
}

/** Whether a bearer token is meant as a key. */
export const isApiKey = (token: string): boolean => token.startsWith('pk_');

/** Whether a key can be one of ours: a mistyped one, or one that a scanner has found, is told without the database. */
export const isWellFormed = (key: string): boolean =>
  FORM.test(key) && checksum(key.slice(0, -8)) === key.slice(-8);

export const hashOf = (key: string): Buffer => createHash('sha256').update(key).digest();

const checksum = (text: string): string => crc32(text).toString(16).padStart(8, '0');
