import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

interface RuleFile {
  readonly groups: readonly {
    readonly rules: readonly { readonly alert: string; readonly expr: string }[];
  }[];
}

interface Dashboard {
  readonly panels: readonly { readonly targets?: readonly { readonly expr: string }[] }[];
}

const FILES = join(__dirname, '..', '..', 'helm', 'parley', 'files');

const file = parse(readFileSync(join(FILES, 'alerts.yaml'), 'utf8')) as RuleFile;
export const DASHBOARD = JSON.parse(readFileSync(join(FILES, 'dashboard.json'), 'utf8')) as Dashboard;

/** The alerts of the chart. */
export const ALERTS = { file, rules: file.groups.flatMap(({ rules }) => rules) };

/** Everything that the chart asks Prometheus. */
export const QUERIES = {
  'the alerts': ALERTS.rules.map(({ expr }) => expr),
  'the panels of the dashboard': DASHBOARD.panels.flatMap(({ targets = [] }) =>
    targets.map(({ expr }) => expr.replaceAll('$__rate_interval', '1m').replaceAll('$instance', '.*')),
  ),
} as const;

/** The metrics that a query names. */
export const namesIn = (query: string): string[] => query.match(/\b(?:parley|nodejs|process)_\w+/g) ?? [];

/** So that promtool, which checks rules alone, checks queries. */
export const asRules = (queries: readonly string[]) => ({
  groups: [{ name: 'queries', rules: queries.map((expr, n) => ({ record: `query:${n}`, expr })) }],
});
