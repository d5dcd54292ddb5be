import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const FILE = join(__dirname, '..', '..', 'fixtures', 'xss-payloads', 'payloads.txt');
const COUNT = 200;

/** Where they come from is in the README beside them. @throws Error – there are not exactly 200 different ones. */
export function xssPayloads(text = readFileSync(FILE, 'utf8')): string[] {
  const payloads = text.replace(/\n$/, '').split('\n');
  const different = new Set(payloads.filter((payload) => payload !== '')).size;
  if (payloads.length !== COUNT || different !== COUNT) {
    throw new Error(`${payloads.length} payloads, ${different} of them different, are not ${COUNT}`);
  }
  return payloads;
}
