import { loadConfig } from '../../src/config/config';
import { collapsed, readDocument, tableRows } from '../support/documents';
import { faultsOf } from '../support/test-references';

const DAY_MS = 86_400_000;

/** OWASP ASVS 5.0.0, chapters V6 to V9: the requirements of level 1 and 2. Those of V6.7 are all of level 3. */
const REQUIREMENTS = [
  '6.1.1 6.1.2 6.1.3',
  '6.2.1 6.2.2 6.2.3 6.2.4 6.2.5 6.2.6 6.2.7 6.2.8 6.2.9 6.2.10 6.2.11 6.2.12',
  '6.3.1 6.3.2 6.3.3 6.3.4',
  '6.4.1 6.4.2 6.4.3 6.4.4',
  '6.5.1 6.5.2 6.5.3 6.5.4 6.5.5',
  '6.6.1 6.6.2 6.6.3',
  '6.8.1 6.8.2 6.8.3 6.8.4',
  '7.1.1 7.1.2 7.1.3',
  '7.2.1 7.2.2 7.2.3 7.2.4',
  '7.3.1 7.3.2',
  '7.4.1 7.4.2 7.4.3 7.4.4 7.4.5',
  '7.5.1 7.5.2',
  '7.6.1 7.6.2',
  '8.1.1 8.1.2',
  '8.2.1 8.2.2 8.2.3',
  '8.3.1',
  '8.4.1',
  '9.1.1 9.1.2 9.1.3',
  '9.2.1 9.2.2 9.2.3 9.2.4',
].flatMap((section) => section.split(' '));

const HEADING = '\n## OWASP ASVS 5.0, level 2\n';
const NOT_MET = /^Not met: \S+( \S+)+\.$/;

interface Line {
  /** As the heading above its table has it: `6.2`. */
  readonly section: string | undefined;
  readonly requirement: string;
  readonly inShort: string;
  readonly shownBy: string;
}

/** Of the tables under the heading, without their own headings. */
function readLines(document: string): Line[] {
  const [, part = ''] = document.split(HEADING);
  const [own] = part.split(/^## /m);
  return own!.split(/^### /m).flatMap((text) => {
    const section = /^V(\d+\.\d+) /.exec(text)?.[1];
    return tableRows(text).map(([requirement, inShort, shownBy, ...more]) => {
      if (more.length > 0 || !requirement || !inShort || !shownBy)
        throw new Error(`No line of three: ${requirement}`);
      return { section, requirement, inShort, shownBy };
    });
  });
}

describe('docs/security.md', () => {
  const document = readDocument('docs/security.md');
  const lines = readLines(document);

  it('has every requirement of ASVS level 1 and 2 of its chapters once, in order, in the table of its section', () => {
    expect(lines.map(({ requirement }) => requirement)).toEqual(REQUIREMENTS);
    for (const { section, requirement } of lines)
      expect(requirement.slice(0, requirement.lastIndexOf('.'))).toBe(section);
  });

  it('says each requirement in fewer than twelve words', () => {
    const long = lines.filter(({ inShort }) => inShort.split(' ').length >= 12);
    expect(long.map(({ requirement }) => requirement)).toEqual([]);
  });

  it('shows each by tests that are there, each by a title that its file has once, or says why it is not met', () => {
    const faults = lines
      .filter(({ shownBy }) => !NOT_MET.test(shownBy))
      .flatMap(({ requirement, shownBy }) => faultsOf(shownBy).map((fault) => ({ requirement, fault })));
    expect(faults).toEqual([]);
  });

  it('states how long a session lasts unless it is configured', () => {
    const { sessionIdleMs, sessionMaxMs } = loadConfig({ JWT_SECRET: 'x'.repeat(32) }).auth;
    const [idleDays, maxDays] = [sessionIdleMs / DAY_MS, sessionMaxMs / DAY_MS];
    expect(collapsed(document)).toContain(
      `A session ends after ${idleDays} days without use and after ${maxDays} days in any case ` +
        '(`SESSION_IDLE_TTL`, `SESSION_MAX_TTL`). That is longer than NIST SP 800-63B has it',
    );
  });

  it('states how many sessions an account may have', () => {
    expect(collapsed(document)).toContain('An account may have any number of sessions at once.');
  });
});
