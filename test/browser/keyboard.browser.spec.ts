import { ChatPage } from './support/chat-page';
import { useChromium } from './support/chromium';
import { Keyboard } from './support/keyboard';
import { startPageApp, type PageApp } from './support/page-app';
import { Visitor } from './support/visitor';

describe('Somebody with a keyboard alone', () => {
  const chromium = useChromium();
  let app: PageApp;
  let visitor: Visitor;
  let chat: ChatPage;
  let keyboard: Keyboard;

  beforeAll(async () => (app = await startPageApp()));
  afterAll(() => app.close());
  beforeEach(async () => {
    visitor = await Visitor.come(chromium.browser, { baseURL: app.url });
    chat = await ChatPage.open(visitor);
    keyboard = new Keyboard(chat.page);
    await chat.ask('One');
    await keyboard.tabTo('Skip to the chat'); // the end of the page leads to its beginning
  });
  afterEach(() => visitor.expectQuiet());

  it('comes by everything in the order in which it stands, and sees where the focus is', async () => {
    const names = await keyboard.tabTo('Your question');
    expect(names).toEqual([
      ...[
        'Hide conversations',
        'New chat',
        'Search conversations',
        'One',
        'More for One',
        'Show the archive',
      ],
      expect.stringContaining('Guest'),
      ...['Model', 'Instructions', 'More for One', 'Messages'],
      ...['Copy question', 'Edit and ask again', 'Copy answer', 'Answer again', 'Your question'],
    ]);
  });

  it('skips the list', async () => {
    await keyboard.press('Enter', 'Tab');
    await keyboard.expectFocused('Model');
  });

  it.each(['Enter', 'ArrowDown'])(
    'opens a menu with %j, moves in it, and leaves it as it was',
    async (key) => {
      await keyboard.tabTo('More for One');
      await keyboard.press(key);
      await keyboard.expectFocused('Rename');
      for (const [arrow, name] of [
        ['ArrowDown', 'Pin'],
        ['ArrowUp', 'Rename'],
        ['ArrowUp', 'Delete'],
        ['ArrowDown', 'Rename'],
        ['End', 'Delete'],
        ['Home', 'Rename'],
      ] as const) {
        await keyboard.press(arrow);
        await keyboard.expectFocused(name);
        await keyboard.expectSeen();
      }
      await keyboard.press('Escape');
      await keyboard.expectFocused('More for One');
      await chat.page.getByRole('menu').waitFor({ state: 'detached' });
    },
  );

  it('stays in a dialog until it is closed, and is back where it was opened then', async () => {
    await keyboard.tabTo('More for One');
    await keyboard.press('Enter', 'Enter');
    const dialog = chat.page.getByRole('dialog', { name: 'Rename' });
    await dialog.waitFor();
    await keyboard.expectFocused('Title');
    const names = new Set<string>();
    for (let presses = 0; presses < 8; presses++) {
      await keyboard.press('Tab');
      names.add(await keyboard.focused());
      await keyboard.expectSeen();
    }
    expect([...names].sort()).toEqual(['Close', 'Save', 'Title', 'the page']); // of which the last is the browser's own
    await keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    await keyboard.expectFocused('More for One');
  });

  it('is back where a dialog was opened also when it has done what it was for', async () => {
    await keyboard.tabTo('More for One');
    await keyboard.press('Enter', 'Enter');
    await keyboard.expectFocused('Title');
    await keyboard.press('Control+a', 'T', 'w', 'o', 'Enter');
    await chat.page.getByRole('heading', { name: 'Two' }).waitFor();
    await keyboard.expectFocused('More for Two');
  });

  it('folds the list away and shows it again, and does not lose the focus', async () => {
    await keyboard.tabTo('Hide conversations');
    await keyboard.press('Enter');
    await keyboard.expectFocused('Show conversations');
    await keyboard.press('Enter');
    await keyboard.expectFocused('Hide conversations');
  });

  it('closes with Escape what is in front, and the drawer behind it with another one', async () => {
    await chat.page.setViewportSize({ width: 600, height: 800 });
    await keyboard.tabTo('Show conversations');
    await keyboard.press('Enter');
    await keyboard.expectFocused('Hide conversations');
    await keyboard.tabTo('More for One');
    await keyboard.press('Enter');
    await keyboard.expectFocused('Rename');
    await keyboard.press('Escape');
    await keyboard.expectFocused('More for One');
    await keyboard.press('Escape');
    await keyboard.expectFocused('Show conversations');
  });
});
