import Bowser from 'bowser';
import { LRUCache } from 'lru-cache';

const browsers = new LRUCache<string, string>({ max: 1_000, memoMethod: parse });

/**
 * What of a User-Agent stays the same when a browser is updated: its family and its platform, such as `Firefox on Windows`. A
 * program that is no browser is told by its name.
 */
export const browserOf = (userAgent: string | null): string => browsers.memo(userAgent ?? '');

function parse(userAgent: string): string {
  if (userAgent === '') return 'none'; // Bowser throws
  const { browser, os } = Bowser.parse(userAgent);
  if (!os.name) return userAgent.split('/')[0]!;
  return `${browser.name ?? 'unknown'} on ${os.name}`;
}
