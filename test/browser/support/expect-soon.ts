import { isDeepStrictEqual } from 'node:util';
import { waitUntil } from '../../support/wait-until';

/** That what is read is, or becomes, what is wanted. A failure shows what was read last. */
export async function expectSoon<T>(read: () => Promise<T> | T, wanted: T): Promise<void> {
  let found = await read();
  const look = async () => isDeepStrictEqual((found = await read()), wanted);
  await waitUntil(look, 'it').catch(() => undefined);
  expect(found).toEqual(wanted);
}
