import { asPattern, runInShell, snippetsOf, stepsOf, type Snippet } from '../support/doc-snippets';
import { Replicas } from '../support/replicas';

const GUIDES = ['docs/api.md', 'docs/coming-from.md'].map((path) => ({ path, snippets: snippetsOf(path) }));

describe('Guides', () => {
  const printed = new Map<Snippet, string[]>();
  let replicas: Replicas;

  const here = (text: string) => text.replaceAll('localhost:3000', new URL(replicas.urls[0]!).host);
  /** The demo model says a long question again, word by word: there is time to stop it on a slow machine, too. */
  const lasting = (command: string) => command.replace('Tell me everything', `$&${' a'.repeat(90)}`);

  // Each in one shell, as somebody does who follows it: what one command sets, the next ones use.
  beforeAll(async () => {
    replicas = await Replicas.start(1, { env: { RATE_LIMITS: 'on' } });
    await Promise.all(
      GUIDES.map(async ({ snippets }) => {
        const commands = snippets.flatMap(stepsOf).map(({ command }) => lasting(here(command)));
        const outputs = await runInShell(commands, { DATABASE_URL: replicas.database.url });
        for (const snippet of snippets) printed.set(snippet, outputs.splice(0, stepsOf(snippet).length));
      }),
    );
  });

  afterAll(() => replicas.close());

  describe.each(GUIDES)('such as $path', ({ snippets }) => {
    it('have all commands in blocks of a console, and no other blocks', () => {
      expect(snippets.filter(({ language }) => language !== 'console')).toEqual([]);
      expect(snippets.length).toBeGreaterThan(3);
    });

    it.each(snippets.map((snippet) => [snippet.line, snippet] as const))(
      'print what stands below each command, from line %i on',
      (_, snippet) => {
        const [steps, outputs] = [stepsOf(snippet), printed.get(snippet)!];
        expect(steps).not.toEqual([]);
        for (const [n, { command, printed: wanted }] of steps.entries())
          expect([command, outputs[n]]).toEqual([command, expect.stringMatching(asPattern(here(wanted)))]);
      },
    );
  });
});
