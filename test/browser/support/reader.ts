import type { Client } from '../../support/client';
import { PacedAnswer } from '../../support/paced-answer';
import type { RunningApp } from '../../support/running-app';
import type { ScriptedModelServer } from '../../support/scripted-model-server';
import { ChatPage } from './chat-page';
import { expectSoon } from './expect-soon';
import { credentialsOf } from './person';
import type { Visitor } from './visitor';

/** What the page says of an answer that it cannot read at the moment. */
export const LOST = 'The connection is lost. It is being made again; nothing is missed.';
/** What it says of a question that it cannot send at the moment. */
export const KEPT = 'The server can’t be reached. Your question is kept, and sent as soon as it can be.';

/** That the page comes to show exactly what is stored of its conversation: these texts, oldest first. */
export async function expectWhole(
  { database }: Pick<RunningApp, 'database'>,
  chat: ChatPage,
  ...texts: readonly string[]
): Promise<void> {
  const rows = await database.query<{ content: string }>(
    `select content from messages where conversation_id = $1 order by id`,
    [chat.conversationId],
  );
  expect(rows.map(({ content }) => content)).toEqual(texts);
  await expectSoon(
    () => chat.texts(),
    texts.map((text) => text.trim()),
  );
}

/** Has an answer begin, with "Oslo " of the three pieces of "Oslo is cold." */
export async function beginAnswer(model: ScriptedModelServer, chat: ChatPage): Promise<PacedAnswer> {
  const answer = new PacedAnswer(model, ['Oslo ', 'is ', 'cold.']);
  await chat.send(answer.question);
  answer.goOn(0);
  // As Markdown: what reads it is loaded with the first answer, and a network that is cut before that leaves plain text.
  await chat.live.locator('.prose').getByText('Oslo').waitFor();
  return answer;
}

/** A new tab of a member who has signed in earlier: without the form, and so without being a guest before. */
export async function comeBack(visitor: Visitor, member: Client, path = '/'): Promise<ChatPage> {
  const chat = new ChatPage(await visitor.open('/icon.svg'));
  const status = await chat.page.evaluate(
    async (credentials) => {
      const [method, body] = ['POST', JSON.stringify({ ...credentials, transport: 'cookie' })];
      const headers = { 'Content-Type': 'application/json' };
      return (await fetch('/api/v1/auth/login', { method, headers, body })).status;
    },
    { ...credentialsOf(member) },
  );
  expect(status).toBe(200);
  await chat.page.goto(path);
  await chat.field.waitFor();
  return chat;
}
