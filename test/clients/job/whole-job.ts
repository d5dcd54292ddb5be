import { nameOf } from '../../support/routes';
import { findOperation } from '../../support/contract';
import type { CallsOf } from '../calls';
import { keepAccount, type Open } from './account';
import { administer, checkHealth } from './administering';
import { askAlone } from './asking';
import { talk } from './talking';

export const ROOT = { username: 'root', password: 'quartz lemon bridge' };

/** All that can be done with Parley, checked by what comes back. @returns the operations that succeeded, each once. */
export async function doWholeJob(url: string, callsOf: CallsOf): Promise<Set<string>> {
  const succeeded = new Set<string>();
  const noting: typeof fetch = async (input, init) => {
    const request = new Request(input, init);
    const response = await fetch(request);
    const operation = findOperation(request.method, new URL(request.url).pathname);
    if (operation && response.ok) succeeded.add(nameOf(operation));
    return response;
  };
  const open: Open = (token) => callsOf({ url, fetch: noting, ...(token !== undefined && { token }) });
  const guest = async () => open((await open().authGuest({ body: {} })).accessToken);
  await checkHealth(open); // before there is anything to do
  await Promise.all([
    guest().then(talk),
    guest().then(askAlone),
    keepAccount(open, 'ana'),
    administer(open, ROOT),
  ]);
  return succeeded;
}
