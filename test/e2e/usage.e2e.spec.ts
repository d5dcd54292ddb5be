import { DataSource } from 'typeorm';
import type { UsageReportResponse } from '../../src/account/usage.dto';
import type { MessageResponse } from '../../src/conversations/message.dto';
import { dayOf } from '../../src/common/validation/day';
import { aMember, anAdmin, withKey } from '../support/callers';
import { Client } from '../support/client';
import { makePatient } from '../support/patient-database';
import { startApp, type RunningApp } from '../support/running-app';
import { startScriptedApp } from '../support/scripted-app';
import type { ScriptedModelServer } from '../support/scripted-model-server';

const today = () => dayOf(Date.now());

describe('Usage', () => {
  let parley: RunningApp;
  let model: ScriptedModelServer;
  let ana: Client;
  let id: string;

  beforeAll(async () => {
    ({ parley, model } = await startScriptedApp());
    model.answer('Count nothing', (answer) => {
      answer.text('One two three');
      answer.finish();
    });
    model.answer('Talk on', async (answer) => {
      answer.text('Well, ');
      await answer.hang();
    });
    model.answer('Refuse me', (answer) => answer.refuse(400));
  });
  beforeEach(async () => {
    ana = await Client.guest(parley.url);
    ({ id } = await ana.conversation());
  });
  afterAll(() => parley.close());

  const report = async (query = '', client = ana) =>
    (await client.get<UsageReportResponse>(`/users/me/usage${query}`)).body;

  it('is nothing at first', async () => {
    const { data, quota } = await report();
    expect(data).toEqual([]);
    expect(quota).toMatchObject({ period: 'month', limitTokens: null, usedTokens: 0 });
    expect(Date.parse(quota.resetsAt)).toBeGreaterThan(Date.now());
  });

  it("is the provider's count, by day and model", async () => {
    const { reply } = await ana.send(id, 'One');
    expect(reply.usage).toEqual({
      promptTokens: 9,
      completionTokens: 3,
      totalTokens: 12,
      estimated: false,
    });
    await ana.send(id, 'Two');
    const { data, quota } = await report();
    expect(data).toEqual([
      { day: today(), model: 'custom/scripted', replies: 2, promptTokens: 18, completionTokens: 6 },
    ]);
    expect(quota.usedTokens).toBe(24);
  });

  it('is estimated, and marked so, where the provider has not counted', async () => {
    const { usage } = (await ana.send(id, 'Count nothing')).reply;
    expect(usage).toMatchObject({ completionTokens: 3, estimated: true });
    expect(usage!.promptTokens).toBeGreaterThan(0);
    expect((await report()).quota.usedTokens).toBe(usage!.totalTokens);
  });

  it('is estimated of a reply that was stopped', async () => {
    const [created] = await (await ana.ask(id, 'Talk on')).until((_, text) => text === 'Well, ');
    const { reply } = created!.data as unknown as { reply: MessageResponse };
    const { body } = await ana.post<MessageResponse>(`/conversations/${id}/messages/${reply.id}/cancel`);
    expect(body.usage).toMatchObject({ estimated: true });
    expect((await report()).data).toMatchObject([{ replies: 1, completionTokens: 3 }]);
  });

  it('is none of a question that the provider has refused', async () => {
    const { body } = await ana.post(`/conversations/${id}/messages`, { content: 'Refuse me' });
    expect((await ana.message(id, body.replyId!)).usage).toBeNull();
    expect((await report()).data).toEqual([]);
  });

  it('has what running replies have set aside, where a quota applies', async () => {
    await parley.database.query('update users set quota_tokens = 100000 where id = $1', [
      ana.tokens!.user.id,
    ]);
    await (await ana.ask(id, 'Talk on')).until((_, text) => text === 'Well, ');
    const { quota } = await report();
    expect(quota.limitTokens).toBe(100_000);
    expect(quota.usedTokens).toBeGreaterThan(4_096);
    await ana.delete(`/conversations/${id}`);
    expect((await report()).quota.usedTokens).toBeLessThan(100);
  });

  it('is told for the days that are asked for, the last thirty where none are', async () => {
    const before = dayOf(Date.now() - 40 * 86_400_000);
    await parley.database.query(
      `insert into usage_days values ($1, $2, 'custom/old', 1, 5, 5), ($1, $3, 'custom/new', 1, 5, 5)`,
      [ana.tokens!.user.id, before, today()],
    );
    const models = async (query: string) => (await report(query)).data.map(({ model: name }) => name);
    expect(await models('')).toEqual(['custom/new']);
    expect(await models(`?from=${before}`)).toEqual(['custom/new', 'custom/old']);
    expect(await models(`?from=${before}&to=${before}`)).toEqual(['custom/old']);
    expect(await models(`?to=${before}`)).toEqual(['custom/old']);
  });

  it.each([
    ['from=yesterday', 'from'],
    ['from=2026-02-30', 'from'],
    ['to=2026-1-1', 'to'],
    ['from=0000-01-01', 'from'],
    ['to=', 'to'],
    ['from=2026-02-01&to=2026-01-01', 'from'],
    ['from=2020-01-01&to=2026-01-01', 'from'],
  ])('refuses %s', async (query, field) => {
    const { status, body } = await ana.get(`/users/me/usage?${query}`);
    expect([status, body.code]).toEqual([400, 'validation_failed']);
    expect(body.errors!.map(({ path }) => path)).toEqual([`query.${field}`]);
  });

  it("is nobody else's", async () => {
    await ana.send(id, 'One');
    expect((await report('', await aMember(parley))).data).toEqual([]);
  });

  it('can be asked for with a key that reads', async () => {
    const member = await aMember(parley);
    expect((await report('', await withKey(member, ['read']))).data).toEqual([]);
  });
});

describe('A quota', () => {
  let parley: RunningApp;
  let model: ScriptedModelServer;

  beforeAll(async () => ({ parley, model } = await startScriptedApp()));
  afterAll(() => parley.close());

  it('is set by an administrator, and holds from then on', async () => {
    const [admin, member] = [await anAdmin(parley), await aMember(parley)];
    await admin.patch(`/users/${member.tokens!.user.id}`, { quotaTokens: 12 });
    const { id } = await member.conversation();
    await member.send(id, 'One');
    const calls = model.calls.length;
    const before = Date.now();
    const { status, body, headers } = await member.post(`/conversations/${id}/messages`, { content: 'Two' });
    expect([status, body.code]).toEqual([429, 'quota_exceeded']);
    const { quota } = (await member.get<UsageReportResponse>('/users/me/usage')).body;
    expect(quota).toMatchObject({ limitTokens: 12, usedTokens: 12 });
    expect(body).toMatchObject({ resetsAt: quota.resetsAt });
    const [most, least] = [before, Date.now()].map((at) =>
      Math.ceil((Date.parse(quota.resetsAt) - at) / 1000),
    );
    expect(Number(headers.get('retry-after'))).toBeLessThanOrEqual(most!);
    expect(Number(headers.get('retry-after'))).toBeGreaterThanOrEqual(least!);
    expect(model.calls).toHaveLength(calls);
    expect((await member.get<{ messageCount: number }>(`/conversations/${id}`)).body.messageCount).toBe(2);
  });

  it('lets one of fifty questions at once through where there is enough for one', async () => {
    await makePatient(parley.app.get(DataSource));
    const member = await aMember(parley);
    const conversations = await Promise.all(Array.from({ length: 50 }, () => member.conversation()));
    await parley.database.query('update users set quota_tokens = 1 where id = $1', [member.tokens!.user.id]);
    const answers = await Promise.all(
      conversations.map(({ id }) => member.post(`/conversations/${id}/messages`, { content: 'Hi' })),
    );
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(answers.filter(({ body }) => body.code === 'quota_exceeded')).toHaveLength(49);
  });

  it('can be none at all for everybody', async () => {
    const strict = await startApp({ QUOTA_TOKENS: '0', QUOTA_PERIOD: 'day' });
    const ben = await Client.guest(strict.url);
    const { id } = await ben.conversation();
    expect(await ben.post(`/conversations/${id}/messages`, { content: 'Hi' })).toMatchObject({ status: 429 });
    const { quota } = (await ben.get<UsageReportResponse>('/users/me/usage')).body;
    expect(quota).toMatchObject({ period: 'day', limitTokens: 0, usedTokens: 0 });
    await strict.close();
  });
});
