// The pictures of the page in docs/images: `npm run screenshots`. The answers are written here, so that the pictures are the same each time.
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { startChromium, startParley } from './running-parley.mjs';

const FOLDER = fileURLToPath(new URL('../docs/images/', import.meta.url));
const DESKTOP = { width: 1280, height: 800 };
const PHONE = { width: 390, height: 844 };

const QUESTION = 'How do I keep three answers of an API in memory for a minute?';
const ANSWER = `A \`Map\` with the time of each entry is enough. There are three common ways:

| Way | Good for | Watch out for |
| --- | --- | --- |
| A \`Map\` in the process | one server, few keys | each replica has its own |
| \`lru-cache\` | many keys, a limit | one dependency more |
| A table in Postgres | several replicas | one query each time |

For a minute and three answers, I would take the first one:

\`\`\`ts
const kept = new Map<string, { value: string; until: number }>();

export async function cached(key: string, ask: () => Promise<string>): Promise<string> {
  const found = kept.get(key);
  if (found && found.until > Date.now()) return found.value;
  const value = await ask();
  kept.set(key, { value, until: Date.now() + 60_000 });
  return value;
}
\`\`\`

Two requests at the same time would both ask. Keep the *promise* instead of the value, and they share one.`;
const OTHERS = [
  'A packing list for Oslo in March',
  'Explain eventual consistency',
  'Names for a bakery by the sea',
];

const parley = await startParley((question) =>
  question === QUESTION ? ANSWER : `About “${question}”: it depends.`,
);
const browser = await startChromium();
mkdirSync(FOLDER, { recursive: true });

/** Fills an account once; its cookie then serves every picture. */
async function fill(page) {
  await page.goto(`${parley.url}/register`);
  await page.getByLabel('Username').fill('ana');
  await page.getByLabel('Password').fill('quartz lemon bridge');
  await page.getByRole('button', { name: 'Make the account' }).click();
  for (const question of [...OTHERS, QUESTION]) {
    await page.getByRole('link', { name: 'New chat' }).click();
    await page.getByLabel('Your question').fill(question);
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Answer again' }).waitFor();
    await page.locator('.conversation [aria-current]').waitFor();
  }
  return new URL(page.url()).pathname;
}

async function picture(name, path, prepare = async () => {}) {
  await page.goto(parley.url + path);
  await page.getByRole('heading', { level: 1 }).waitFor();
  await page.waitForLoadState('networkidle');
  await prepare(page);
  await page.screenshot({ path: `${FOLDER}${name}.png`, animations: 'disabled', caret: 'hide' });
}

const context = await browser.newContext({ viewport: DESKTOP });
const page = await context.newPage();
const conversation = await fill(page);
const toCode = () => page.locator('figure.code').evaluate((code) => code.scrollIntoView({ block: 'end' }));
for (const colorScheme of ['light', 'dark']) {
  await page.emulateMedia({ colorScheme });
  for (const [device, viewport] of Object.entries({ desktop: DESKTOP, phone: PHONE })) {
    await page.setViewportSize(viewport);
    const name = (view) => `${view}-${device}-${colorScheme}`;
    await picture(name('chat'), conversation, toCode);
    await picture(name('welcome'), '/');
    await picture(name('settings'), '/settings/account');
    if (device === 'phone')
      await picture(name('list'), '/', () => page.getByLabel('Show conversations').click());
  }
}

await browser.close();
await parley.stop();
