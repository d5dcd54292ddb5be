import type { Locator } from 'playwright-core';
import { newId } from '../../src/common/ids';
import { aMember } from '../support/callers';
import type { Client } from '../support/client';
import { useChromium } from './support/chromium';
import { startPageApp, type PageApp } from './support/page-app';
import { chooseOfAccount, credentialsOf, fillIn, signIn } from './support/person';
import { Visitor } from './support/visitor';

const PASTED = 'Pasted \u{1F511} "from" a manager, 40 characters';

/** Every form that has a password: where it is, and what its fields are for, as password managers understand it. */
const FORMS = [
  ['Sign in', '/sign-in', ['username', 'current-password']],
  ['Make an account', '/register', ['username', 'new-password']],
  ['Password', '/settings/account', ['username', 'current-password', 'new-password']],
  ['Delete the account', '/settings/account', ['current-password']],
] as const;

/** What ASVS asks of a page; docs/security.md says which line needs which test. */
describe('A page that asks for passwords', () => {
  const chromium = useChromium();
  let app: PageApp;
  let visitor: Visitor;
  let ana: Client;

  beforeAll(async () => (app = await startPageApp({ GUESTS: 'off' })));
  afterAll(() => app.close());
  beforeEach(async () => {
    const permissions = ['clipboard-read', 'clipboard-write'];
    visitor = await Visitor.come(chromium.browser, { baseURL: app.url, permissions });
    ana = await aMember(app.parley);
  });
  afterEach(() => visitor.expectQuiet());

  async function open(name: string, path: string): Promise<Locator> {
    const page = await (path.startsWith('/settings') ? signIn(visitor, ana, path) : visitor.open(path));
    if (name === 'Delete the account')
      await page.getByRole('button', { name: 'Delete the account…' }).click();
    const form = page.getByRole('form', { name, exact: true });
    await form.waitFor();
    return form;
  }

  it.each(FORMS)('hides what is typed in “%s”', async (name, path, purposes) => {
    const form = await open(name, path);
    const passwords = await form.locator('[autocomplete$="password"]').all();
    expect(passwords).toHaveLength(purposes.filter((purpose) => purpose.endsWith('password')).length);
    for (const field of passwords) {
      await field.pressSequentially('velvet');
      const shown = field.evaluate((input: HTMLInputElement) => [
        input.type,
        getComputedStyle(input).getPropertyValue('-webkit-text-security'),
      ]);
      await expect(shown).resolves.toEqual(['password', 'disc']);
    }
    await expect(form.innerText()).resolves.not.toContain('velvet');
  });

  it.each(FORMS)(
    'takes what is pasted in “%s”, and says to password managers what goes where',
    async (...form) => {
      const [name, path, purposes] = form;
      const inputs = (await open(name, path)).locator('input');
      const found = await inputs.evaluateAll((all) => all.map((input) => input.getAttribute('autocomplete')));
      expect(found).toEqual(purposes);
      await inputs.page().evaluate((text) => navigator.clipboard.writeText(text), PASTED);
      for (const field of await inputs.and(inputs.page().locator('[type="password"]')).all()) {
        await field.focus();
        await field.press('ControlOrMeta+v');
        await expect(field.inputValue()).resolves.toBe(PASTED);
      }
    },
  );

  it('signs people out with two clicks, wherever it needs a session', async () => {
    const { id } = await ana.conversation();
    const settings = ['account', 'sessions', 'keys', 'usage'].map((section) => `/settings/${section}`);
    const page = await visitor.open();
    for (const path of ['/', `/c/${id}`, `/c/${newId()}`, ...settings]) {
      await page.goto(path);
      await fillIn(page, 'Sign in', credentialsOf(ana));
      await chooseOfAccount(page, 'Sign out');
      await page.getByRole('form', { name: 'Sign in' }).waitFor();
    }
  });
});
