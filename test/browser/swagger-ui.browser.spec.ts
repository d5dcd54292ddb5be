import { Client } from '../support/client';
import { ROUTES } from '../support/routes';
import { useChromium } from './support/chromium';
import { startPageApp, type PageApp } from './support/page-app';
import { SwaggerPage } from './support/swagger-page';
import { Visitor } from './support/visitor';

describe('Swagger UI', () => {
  const chromium = useChromium();
  let app: PageApp;
  let visitor: Visitor;
  let swagger: SwaggerPage;

  beforeAll(async () => (app = await startPageApp()));
  afterAll(() => app.close());
  beforeEach(async () => {
    visitor = await Visitor.come(chromium.browser, { baseURL: app.url });
    swagger = await SwaggerPage.open(visitor);
  });
  afterEach(() => visitor.expectQuiet());

  /** Another one each time. */
  const aGuest = async () => {
    const guest = await Client.guest(app.parley.url);
    return { guest, token: guest.tokens!.accessToken };
  };
  const idOf = (text: string) => (JSON.parse(text) as { id: string }).id;

  it('takes a stranger from nothing to an answer', async () => {
    const guest = await swagger.try('authGuest');
    expect(guest.status).toBe(201);
    await swagger.authorise((JSON.parse(guest.text) as { accessToken: string }).accessToken);
    const id = idOf((await swagger.try('conversationsCreate')).text);
    const body = { content: 'Where is it warm?' };
    const { status, text } = await swagger.try('messagesSend', { id }, body);
    expect(status).toBe(201);
    expect(JSON.parse(text)).toMatchObject({
      message: { content: 'Where is it warm?', conversationId: id },
      reply: { content: 'You said: Where is it warm?', status: 'completed' },
    });
  });

  it('shows the events of a stream as they are, and joins it again', async () => {
    const { guest, token } = await aGuest();
    await swagger.authorise(token);
    const { id } = await guest.conversation();
    const body = { content: 'Where is it cold?' };
    const { status, text } = await swagger.try('messageStreamsSend', { id }, body);
    expect(status).toBe(200);
    expect(text).toMatch(/^id: 0\nevent: message\.created\ndata: \{/);
    expect(text).toMatch(/\nid: \d+\nevent: message\.delta\ndata: \{/);
    const [, last] = /\nevent: message\.completed\ndata: (.+)\n/.exec(text)!;
    const { message } = JSON.parse(last!) as { message: { id: string; content: string } };
    expect(message.content).toBe('You said: Where is it cold?');
    const joined = await swagger.try('messageStreamsRejoin', { id, replyId: message.id, after: '10' });
    expect(joined.text).toContain('"delta":"Where is it cold?"');
  });

  it('has every route, and tries lists with nothing filled in', async () => {
    await expect(swagger.operations.count()).resolves.toBe(ROUTES.length);
    await swagger.authorise((await aGuest()).token);
    for (const operationId of ['conversationsList', 'questionsList', 'usageReport']) {
      const { status, text } = await swagger.try(operationId);
      expect([operationId, status, JSON.parse(text)]).toEqual([
        operationId,
        200,
        expect.objectContaining({ data: [] }),
      ]);
    }
  });

  it('forgets who was there when it is loaded again, and goes on working', async () => {
    const { token } = await aGuest();
    await swagger.authorise(token);
    await expect(swagger.try('usersMe')).resolves.toMatchObject({ status: 200 });
    const stored = await swagger.page.evaluate(() => JSON.stringify([localStorage, sessionStorage]));
    expect(stored).not.toContain(token);
    await swagger.reload();
    await expect(swagger.try('usersMe')).resolves.toMatchObject({ status: 401 });
    await swagger.authorise(token);
    await expect(swagger.try('usersMe')).resolves.toMatchObject({ status: 200 });
  });
});
