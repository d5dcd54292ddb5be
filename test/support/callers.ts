import type { TokensResponse } from '../../src/auth/auth.dto';
import type { CreatedApiKeyResponse } from '../../src/auth/api-keys/api-key.dto';
import type { Scope } from '../../src/common/auth/caller';
import { newId } from '../../src/common/ids';
import { Client } from './client';
import type { RunningApp } from './running-app';

/** Of all members that are made here. */
export const PASSWORD = 'quartz lemon bridge';

/** A new member, signed in. */
export const aMember = ({ url }: RunningApp): Promise<Client> =>
  Client.member(url, `member-${newId()}`, PASSWORD);

/** A new administrator, signed in. */
export async function anAdmin(parley: RunningApp): Promise<Client> {
  const admin = await aMember(parley);
  await changeAccount(parley, admin, `role = 'admin'`); // before its first call: states are remembered
  return admin;
}

/** The same member in a session of its own, which no call has been made with. */
export async function signedInAgain({ url, tokens }: Client): Promise<Client> {
  const credentials = { username: tokens!.user.username, password: PASSWORD };
  return new Client(url, (await new Client(url).post<TokensResponse>('/auth/login', credentials)).body);
}

/** Calls with a new key of that member. */
export const withKey = async (holder: Client, scopes: readonly Scope[]): Promise<Client> =>
  calling(holder, (await newKey(holder, scopes)).key);

/** Calls with a key of that member that has been ended. */
export async function withEndedKey(holder: Client, scopes: readonly Scope[]): Promise<Client> {
  const { id, key } = await newKey(holder, scopes);
  await holder.delete(`/auth/api-keys/${id}`);
  return calling(holder, key);
}

/** Calls with a session of that member that has been ended. */
export async function withEndedSession(member: Client): Promise<Client> {
  const again = await signedInAgain(member);
  await again.post('/auth/logout');
  return again;
}

export async function newKey(holder: Client, scopes: readonly Scope[]): Promise<CreatedApiKeyResponse> {
  return (await holder.post<CreatedApiKeyResponse>('/auth/api-keys', { name: 'mine', scopes })).body;
}

/** Past the code under test. What has been asked about an account a moment ago is remembered for some seconds. */
export async function changeAccount(
  { database }: RunningApp,
  { tokens }: Client,
  set: string,
): Promise<void> {
  await database.query(`update users set ${set} where id = $1`, [tokens!.user.id]);
}

const calling = ({ url, tokens }: Client, key: string) => new Client(url, { ...tokens!, accessToken: key });
