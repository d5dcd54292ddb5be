import { EnvError, makeExactValidator } from 'envalid';
import { accessSync, constants } from 'node:fs';

// Every message says what was expected and never what was given: a mistyped secret must not reach a log.
const fail = (expected: string): never => {
  throw new EnvError(`expected ${expected}`);
};

const UNIT_MS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const LONGEST_MS = 10 * 365 * UNIT_MS.d;

function toMs(text: string): number | null {
  const [, amount, unit] = /^(\d{1,9})(ms|s|m|h|d)$/.exec(text) ?? [];
  const ms = Number(amount) * UNIT_MS[unit as keyof typeof UNIT_MS];
  return ms >= 1 && ms <= LONGEST_MS ? ms : null;
}

/** So many hits in so long a time. */
export interface RateLimit {
  readonly limit: number;
  readonly windowMs: number;
}

/** `10/1m`: ten in a minute. */
export const rateLimit = makeExactValidator<RateLimit>((text) => {
  const [, limit, window] = /^(\d{1,9})\/(.+)$/.exec(text) ?? [];
  const windowMs = toMs(window ?? '');
  return windowMs && Number(limit) > 0
    ? { limit: Number(limit), windowMs }
    : fail('a limit such as 10/1m: a count from 1, and a window in ms, s, m, h or d');
});

/** `4s`: milliseconds in the result. */
export const duration = makeExactValidator<number>(
  (text) =>
    toMs(text) ?? fail('a duration such as 4s: a whole number with ms, s, m, h or d, at most ten years'),
);

export const integer = (min: number, max: number) =>
  makeExactValidator<number>((text) => {
    const value = /^\d{1,15}$/.test(text) ? Number(text) : NaN;
    return value >= min && value <= max ? value : fail(`a whole number from ${min} to ${max}`);
  });

/** A part of all. */
export const share = makeExactValidator<number>((text) => {
  const value = /^\d(\.\d{1,9})?$/.test(text) ? Number(text) : NaN;
  return value <= 1 ? value : fail('a number from 0 to 1');
});

export const oneOf = <const T extends string>(...values: readonly T[]) =>
  makeExactValidator<T>((text) => values.find((value) => value === text) ?? fail(values.join(' or ')));

export const text = (min = 1, max = Infinity) =>
  makeExactValidator<string>((value) => {
    const bounds = max === Infinity ? `at least ${min}` : `${min} to ${max}`;
    return value.length >= min && value.length <= max ? value : fail(`${bounds} characters`);
  });

export const list = makeExactValidator<readonly string[]>((value) => {
  const items = value.split(',').map((item) => item.trim());
  return items.every(Boolean) ? items : fail('names with commas between them');
});

/** `id=context:output,…`: tokens of each model. */
export const modelSizes = makeExactValidator<
  Readonly<Record<string, { readonly contextTokens: number; readonly maxOutputTokens: number }>>
>((value) => {
  const items = value.split(',').map((item) => /^(\S+\/\S+)=(\d{1,9}):(\d{1,9})$/.exec(item.trim()));
  const sizes = items.map((item) => [item?.[1] ?? '', Number(item?.[2]), Number(item?.[3])] as const);
  return sizes.every(([, context, output]) => output > 0 && context > output)
    ? Object.fromEntries(
        sizes.map(([id, contextTokens, maxOutputTokens]) => [id, { contextTokens, maxOutputTokens }]),
      )
    : fail('sizes such as custom/llama=131072:8192: tokens of the window, and less than that for an answer');
});

/** `a>b>c,d>e`: by the first of each, those that come after it. Each is named once in its chain, and each chain has a first of its own. */
export const chains = makeExactValidator<Readonly<Record<string, readonly string[]>>>((value) => {
  const items = value.split(',').map((chain) => chain.split('>').map((name) => name.trim()));
  const distinct = (names: readonly (string | undefined)[]) => new Set(names).size === names.length;
  const fits = items.every((names) => names.length > 1 && names.every(Boolean) && distinct(names));
  return fits && distinct(items.map(([first]) => first))
    ? Object.fromEntries(items.map(([first, ...others]) => [first!, others]))
    : fail('chains such as a>b>c,d>e: a model, and those that stand in for it, each named once');
});

export const readableFile = makeExactValidator<string>((path) => {
  try {
    accessSync(path, constants.R_OK);
    return path;
  } catch {
    return fail('the path of a readable file');
  }
});

/** The first is in use; the others are still believed. */
export const secrets = makeExactValidator<readonly string[]>((value) => {
  const items = value.split(',').map((item) => item.trim());
  return items.every((item) => item.length >= 32)
    ? items
    : fail('secrets of at least 32 characters with commas between them');
});

const parsed = (value: string) => (URL.canParse(value) ? new URL(value) : null);

/** Visible ASCII: what an HTTP header can carry. fetch would quote anything else in its error. */
export const headerText = makeExactValidator<string>((value) =>
  /^[\x21-\x7e]+$/.test(value) ? value : fail('visible ASCII characters without spaces'),
);

/** Of a web server; credentials have a variable of their own. */
export const baseUrl = makeExactValidator<string>((value) => {
  const { protocol, username, password } = parsed(value) ?? {};
  const fits = (protocol === 'http:' || protocol === 'https:') && !username && !password;
  return fits
    ? value
    : fail('an address that starts with http:// or https://, without a user or a password in it');
});

export const url = (...protocols: readonly string[]) =>
  makeExactValidator<string>((value) =>
    protocols.includes(parsed(value)?.protocol ?? '')
      ? value
      : fail(`an address that starts with ${protocols.map((name) => `${name}//`).join(' or ')}`),
  );

/** Where people find us: scheme, host and port; a slash at its end is left away. */
export const origin = makeExactValidator<string>((value) => {
  const { origin: found, protocol } = parsed(value) ?? {};
  const fits = found === value.replace(/\/$/, '') && (protocol === 'http:' || protocol === 'https:');
  return fits ? found : fail('an address such as https://chat.example.com, without a path');
});

/** Web origins: scheme, host and port, nothing after them. */
export const origins = makeExactValidator<readonly string[]>((value) => {
  const items = value.split(',').map((item) => item.trim());
  return items.every((item) => parsed(item)?.origin === item)
    ? items
    : fail('origins such as https://chat.example.com with commas between them');
});

/** What Express calls `trust proxy`: `off`, how many proxies there are, or their addresses. */
export const trustProxy = makeExactValidator<false | number | readonly string[]>((value) => {
  if (value === 'off') return false;
  if (/^[1-9]\d?$/.test(value)) return Number(value);
  const items = value.split(',').map((item) => item.trim());
  const known = /^(loopback|linklocal|uniquelocal|[\da-f.:]+(\/\d{1,3})?)$/i;
  return items.every((item) => known.test(item))
    ? items
    : fail('off, a number of proxies, or addresses with commas between them');
});
