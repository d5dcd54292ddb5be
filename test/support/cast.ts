import { SCOPES, type Scope } from '../../src/common/auth/caller';
import type { ExchangeResponse } from '../../src/conversations/message.dto';
import { isStranger, scopeOf, type Role, type Stranger, type Who } from './call';
import { aMember, anAdmin, newKey } from './callers';
import { Client } from './client';
import { Person } from './person';
import type { RunningApp } from './running-app';
import { strangerTokens } from './stranger-tokens';

const OF_EACH = 4;
const CONVERSATIONS = 2;

/** Everybody who calls in a run. */
export class Cast {
  private readonly users: string[] = [];
  private readonly people: Record<Role, Promise<Person>[]>;

  private constructor(
    private readonly parley: RunningApp,
    private readonly strangers: Readonly<Record<Stranger, string | null>>,
  ) {
    const some = (role: Role) => Array.from({ length: OF_EACH }, () => this.make(role));
    this.people = { guest: some('guest'), member: some('member'), admin: some('admin') };
  }

  static async gather(parley: RunningApp): Promise<Cast> {
    const cast = new Cast(parley, await strangerTokens(parley));
    await Promise.all(Object.values(cast.people).flat());
    return cast;
  }

  /** One of them, who has a conversation at least. Strangers borrow what members have. */
  async person(who: Who, pick: number): Promise<Person> {
    const role = isStranger(who) ? 'member' : scopeOf(who) ? 'admin' : (who as Role);
    const [people, index] = [this.people[role], pick % OF_EACH];
    const person = await people[index]!;
    if (!person.isGone && person.places.length === 0) await this.furnish(person);
    if (!person.isGone) return person;
    if ((await people[index]) === person) people[index] = this.make(role);
    return this.person(who, pick);
  }

  /** For `Authorization`; null: without. */
  tokenOf(who: Who, { keys, tokens }: Person): string | null {
    if (isStranger(who)) return this.strangers[who];
    return keys[scopeOf(who)!] ?? tokens.accessToken;
  }

  private async make(role: Role): Promise<Person> {
    const makers = { guest: ({ url }: RunningApp) => Client.guest(url), member: aMember, admin: anAdmin };
    const client = await makers[role](this.parley);
    const keys: Partial<Record<Scope, string>> = {};
    if (role === 'admin') for (const scope of SCOPES) keys[scope] = (await newKey(client, [scope])).key;
    const person = new Person(role, client.tokens!, keys, this.users);
    await this.furnish(person);
    return person;
  }

  /** @throws Error – the server failed. */
  private async furnish(person: Person): Promise<void> {
    const client = new Client(this.parley.url, person.tokens);
    for (let n = 0; n < CONVERSATIONS; n++) {
      const made = await client.post<{ id: string }>('/conversations', {});
      const path = `/conversations/${made.body.id}/messages`;
      const { status, body } = await client.post<ExchangeResponse>(path, { content: 'Where is it cold?' });
      if (made.status >= 500 || status >= 500) throw new Error(`Answered ${made.status} and ${status}.`);
      if (status === 201) person.settleIn(body);
      else person.isGone = true; // signed out or disabled in the meantime, or out of tokens
    }
  }
}
