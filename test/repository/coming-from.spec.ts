import { collapsed, readDocument, tableRows } from '../support/documents';
import { faultsOf } from '../support/test-references';

const SYSTEMS = ['AIFacade', 'CoDHeChat', 'syndio_chat_app', 'Home Assignment'];
const ON_PURPOSE = ['Integer ids', 'Everybody', '200', 'Message texts', 'HTTPS', 'Training'];

/** What is not there, with the reason. */
const NOT_YET = /^Not yet: \S+( \S+)+\.$/;

/** What may stand between two features of a row: nothing that one could want. */
const BETWEEN = /^(wish:)?[\s,;/]*(and)?\s*$/;

/** Of a document, by their headings. */
function sectionsOf(document: string): Map<string, string> {
  const [, ...parts] = document.split(/^## /m);
  return new Map(parts.map((part) => [part.slice(0, part.indexOf('\n')).split(' (')[0]!, part]));
}

/** What is left of the rows when each feature is taken out of them, in their order. */
function leftOver(rows: readonly string[], features: readonly string[]): string[] {
  const left: string[] = [];
  let rest = rows.join('\n');
  for (const feature of features) {
    const at = rest.indexOf(feature);
    if (at < 0) return [...left, `${feature}: is not in the list, or elsewhere in it`];
    left.push(...rest.slice(0, at).split('\n'));
    rest = rest.slice(at + feature.length);
  }
  return [...left, ...rest.split('\n')].filter((text) => !BETWEEN.test(text));
}

describe('docs/coming-from.md', () => {
  const sections = sectionsOf(readDocument('docs/coming-from.md'));
  const systems = [...sectionsOf(readDocument('docs/seeds.md'))].map(([name, text]) => ({
    name,
    seeds: tableRows(text),
    rows: tableRows(sections.get(name) ?? ''),
    section: collapsed(sections.get(name) ?? ''),
  }));
  const onPurpose = tableRows(sections.get('On purpose otherwise')!);

  it('has a part for each of the systems, and one for what is otherwise on purpose', () => {
    expect(systems.map(({ name }) => name)).toEqual(SYSTEMS);
    expect([...sections.keys()]).toEqual([...SYSTEMS, 'On purpose otherwise']);
  });

  it.each(systems)(
    'has a row for every feature of $name, in the words and the order of the list',
    (system) => {
      const theirs = system.seeds.map(([feature]) => feature!);
      expect(theirs.length).toBeGreaterThan(3);
      expect(
        leftOver(
          theirs,
          system.rows.map(([feature]) => feature!),
        ),
      ).toEqual([]);
    },
  );

  it.each(systems)(
    'names every route, setting and command that the list has for $name',
    ({ seeds, section }) => {
      const named = seeds.flatMap(([, ours]) => ours!.match(/`[^`]+`/g) ?? []);
      const missing = named.filter((name) => !section.includes(name.replaceAll(/[`*]/g, '')));
      expect(missing).toEqual([]);
    },
  );

  it.each(systems)(
    'shows each feature of $name by tests that are there, or says that it is not',
    ({ rows }) => {
      const faults = rows.flatMap(([feature, inParley, shownBy, ...more]) => {
        if (more.length > 0 || !feature || !inParley || !shownBy) return [`${feature}: is no row of three`];
        return NOT_YET.test(shownBy) ? [] : faultsOf(shownBy);
      });
      expect(faults).toEqual([]);
    },
  );

  it('lacks nothing but the sign-in with an identity provider', () => {
    const lacking = systems.flatMap(({ rows }) => rows.filter(([, , shownBy]) => NOT_YET.test(shownBy!)));
    expect(lacking.map(([feature]) => feature)).toEqual(['OAuth2/OIDC']);
  });

  it.each(systems)('has commands that do the job of $name', ({ section }) => {
    expect(section).toMatch(/```console \$ /);
  });

  it('says of each thing that is otherwise on purpose what Parley does, why, and which tests show it', () => {
    expect(onPurpose.map(([theirs]) => ON_PURPOSE.find((begin) => theirs!.startsWith(begin)))).toEqual(
      ON_PURPOSE,
    );
    const faults = onPurpose.flatMap(([theirs, ours, why, shownBy]) =>
      ours && why ? faultsOf(shownBy!) : [`${theirs}: has no reason`],
    );
    expect(faults).toEqual([]);
  });
});
