import type { Open } from './account';
import { refusal } from './talking';

interface Credentials {
  readonly username: string;
  readonly password: string;
}

/** An administrator looks after somebody's account, and after the server. */
export async function administer(open: Open, credentials: Credentials): Promise<void> {
  const root = open((await open().authLogin({ body: credentials })).accessToken);
  const ben = { username: 'ben', password: 'marble kite orchard' };
  const { user, accessToken } = await open().authRegister({ body: ben });
  await expect(open(accessToken).adminUsersList()).rejects.toMatchObject(refusal('forbidden'));
  const found = await root.adminUsersList({ query: { q: 'be', role: 'user' } });
  expect(found).toMatchObject({ data: [{ ...user, disabledAt: null }], hasMore: false });
  const path = { id: user.id };
  await expect(root.adminUsersGet({ path })).resolves.toMatchObject({ username: 'ben', quotaTokens: null });
  const changed = await root.adminUsersChange({ path, body: { quotaTokens: 5, disabled: true } });
  expect(changed).toMatchObject({ quotaTokens: 5, disabledAt: expect.any(String) as string });
  await expect(open().authLogin({ body: ben })).rejects.toMatchObject(refusal('account_disabled'));
  await root.adminUsersEndSessions({ path });
  const log = await root.auditList({ query: { action: 'account.disabled', userId: user.id } });
  expect(log.data).toMatchObject([{ action: 'account.disabled', userId: user.id }]);
  await root.adminUsersErase({ path });
  await expect(root.adminUsersGet({ path })).rejects.toMatchObject(refusal('not_found'));
}

export async function checkHealth(open: Open): Promise<void> {
  const anyone = open();
  await expect(anyone.healthLive()).resolves.toMatchObject({ status: 'ok' });
  await expect(anyone.healthReady()).resolves.toMatchObject({ checks: { database: { status: 'up' } } });
  await expect(anyone.healthOverall()).resolves.toMatchObject({
    status: 'ok',
    checks: { llm: { status: 'up' } },
  });
}
