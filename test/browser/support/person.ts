import { readFileSync } from 'node:fs';
import type { Download, Locator, Page } from 'playwright-core';
import { PASSWORD } from '../../support/callers';
import type { Client } from '../../support/client';
import { ChatPage } from './chat-page';
import type { Visitor } from './visitor';

export interface Credentials {
  readonly username: string;
  readonly password: string;
}

/** What a member of `callers.ts` signs in with. */
export const credentialsOf = ({ tokens }: Client): Credentials => ({
  username: tokens!.user.username!,
  password: PASSWORD,
});

/** Fills in the form that is shown and sends it; what comes of it is for the test to see. */
export async function fillIn(page: Page, form: 'Sign in' | 'Make an account', person: Credentials) {
  const fields = page.getByRole('form', { name: form });
  await fields.getByLabel('Username').fill(person.username);
  await fields.getByLabel('Password').fill(person.password);
  await fields.getByRole('button').click();
}

/** A new tab in which that member has signed in, on the page itself; it shows the path or, of a form's, the chat. */
export async function signIn(visitor: Visitor, member: Client, path = '/sign-in'): Promise<Page> {
  const page = await visitor.open(path);
  await fillIn(page, 'Sign in', credentialsOf(member));
  await page.getByRole('navigation', { name: 'Conversations' }).waitFor();
  return page;
}

/** The same, in front of the chat. */
export async function signInToChat(visitor: Visitor, member: Client): Promise<ChatPage> {
  const chat = new ChatPage(await signIn(visitor, member));
  await chat.field.waitFor();
  return chat;
}

/** An entry of the menu that has the person's name. */
export async function chooseOfAccount(page: Page, entry: string): Promise<void> {
  await page.locator('.account-button').click();
  await page
    .getByRole('menu', { name: 'Account' })
    .getByRole('menuitem', { name: entry, exact: true })
    .click();
}

/** Has the time of a tab stand still, so that nothing of it is over before the test lets it go by. */
export async function stopClock({ clock }: Page): Promise<void> {
  await clock.install();
  await clock.pauseAt(Date.now() + 60_000); // which has to be ahead, however long it takes to say so
}

/** What the page says in its corner. */
export const noticeOf = (page: Page, text: string | RegExp): Locator =>
  page.locator('.notice').filter({ hasText: text });

/** What a click saves. */
export async function saved(page: Page, click: () => Promise<void>): Promise<{ name: string; text: string }> {
  const [download] = await Promise.all<[Promise<Download>, Promise<void>]>([
    page.waitForEvent('download'),
    click(),
  ]);
  return { name: download.suggestedFilename(), text: readFileSync(await download.path(), 'utf8') };
}

/** The calls of the API that the tab makes from now on: `DELETE /conversations`. */
export function watchCalls(page: Page): string[] {
  const calls: string[] = [];
  page.on('request', (request) => {
    const { pathname } = new URL(request.url());
    if (pathname.startsWith('/api/v1')) calls.push(`${request.method()} ${pathname.slice('/api/v1'.length)}`);
  });
  return calls;
}
