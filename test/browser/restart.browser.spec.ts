import { Client } from '../support/client';
import { FollowedReply } from '../support/followed-reply';
import { itMeanwhile } from '../support/it-meanwhile';
import { PacedAnswer } from '../support/paced-answer';
import { waitUntil } from '../support/wait-until';
import { useChromium } from './support/chromium';
import { startPageApp, type PageApp } from './support/page-app';
import { RestartableParley } from './support/restartable-parley';
import { Visitor } from './support/visitor';

/** The status, or why there is none. */
const ready = (url: string) =>
  fetch(`${url}/health/ready`).then(
    (response) => response.status,
    (error: unknown) => ((error as TypeError).cause as NodeJS.ErrnoException).code,
  );

describe('A Parley that goes and comes back at one URL', () => {
  const started: RestartableParley[] = [];

  afterAll(() => Promise.all(started.map((parley) => parley.close())));

  const start = async () => {
    const parley = await RestartableParley.start({ replicas: 2, env: { DRAIN_SECONDS: '0' } });
    started.push(parley);
    return { parley, ana: await Client.guest(parley.url) };
  };

  itMeanwhile(
    'has a reply that nobody has read of written by the other replica, when the one that wrote it is killed',
    async () => {
      const { parley, ana } = await start();
      parley.model.answerAll((answer) =>
        parley.model.calls.length > 1 ? answer.whole('Oslo.') : answer.hang(),
      );
      const reply = await FollowedReply.ask(ana, 'Where is it cold?');
      await waitUntil(() => parley.model.calls.length, 'a call');
      await parley.kill();
      await expect(parley.replicas.all[0]!.ended).resolves.toBe('SIGKILL');
      await expect(reply.toEnd(ana)).resolves.toMatchObject({ content: 'Oslo.', status: 'completed' });
    },
  );

  itMeanwhile(
    'refuses everybody when all are gone, and knows what it knew when it is started again',
    async () => {
      const { parley, ana } = await start();
      const answer = new PacedAnswer(parley.model, ['Oslo ', 'is ', 'cold.']);
      const reply = await FollowedReply.ask(ana, answer.question);
      answer.goOn(0);
      await reply.until('Oslo '.length);
      await parley.stop();
      await expect(parley.replicas.all[0]!.ended).resolves.toBe(0);
      expect(await ready(parley.url)).toBe(200);
      await parley.stop();
      expect(await ready(parley.url)).toBe('ECONNREFUSED');
      await parley.startAgain();
      expect(await ready(parley.url)).toBe(200);
      await expect(reply.toEnd(ana)).resolves.toMatchObject({
        content: 'Oslo ',
        finishReason: 'interrupted',
      });
    },
  );
});

describe('The page of a running Parley', () => {
  const chromium = useChromium();
  let app: PageApp;

  beforeAll(async () => (app = await startPageApp()));
  afterAll(() => app.close());

  it('comes by way of a network that can be cut', async () => {
    const visitor = await Visitor.come(chromium.browser, { baseURL: app.url });
    const tab = await visitor.open();
    await expect(tab.title()).resolves.toContain('Parley');
    await app.network.cut();
    await expect(tab.reload()).rejects.toThrow('ERR_CONNECTION_REFUSED');
    await app.network.mend();
    await expect((await visitor.open()).title()).resolves.toContain('Parley');
  });
});
