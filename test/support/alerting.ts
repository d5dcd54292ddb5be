import type { Metrics } from './metrics';
import { promtool } from './promtool';

/** How often Prometheus looks, and for how long all is well and then is not. */
const INTERVAL_SECONDS = 15;
const WELL = 40;
const ILL = 120;

/** How what has happened between two scrapes of a process goes on: again and again, or not. */
export interface Course {
  readonly well: Metrics;
  /** Null: there is nothing left to scrape. */
  readonly ill: Metrics | null;
  readonly again: boolean;
}

/** Whether an alert of these rules fires at any time while all is well, and then while it is not, by Prometheus's own judgement. */
export function firing(
  rules: unknown,
  alert: string,
  courses: readonly Course[],
): { well: boolean; ill: boolean } {
  const at = (step: number) => `${step * INTERVAL_SECONDS}s`;
  const input = courses.flatMap((course, n) => toSeries(course, `replica-${n}`));
  const test = (span: readonly [number, number], fires: boolean) => ({
    expr: `max(max_over_time(ALERTS{alertname="${alert}", alertstate="firing"}[${at(span[1] - span[0])}]))`,
    eval_time: at(span[1]),
    exp_samples: fires ? [{ labels: '{}', value: 1 }] : [],
  });
  const judge = (...span: readonly [number, number]) => {
    const verdicts = [true, false].map((fires) =>
      promtool(['test', 'rules', 'tests.yaml'], {
        'rules.yaml': rules,
        'tests.yaml': {
          rule_files: ['rules.yaml'],
          evaluation_interval: `${INTERVAL_SECONDS}s`,
          tests: [
            {
              interval: `${INTERVAL_SECONDS}s`,
              input_series: input,
              promql_expr_test: [test(span, fires)],
            },
          ],
        },
      }),
    );
    const fires = verdicts.indexOf('');
    if (fires === -1) throw new Error(verdicts[0]);
    return fires === 0;
  };
  return { well: judge(0, WELL - 1), ill: judge(WELL, WELL + ILL - 1) };
}

function toSeries({ well, ill, again }: Course, instance: string) {
  const names = new Set([...well.series.keys(), ...(ill?.series.keys() ?? [])]);
  return [...names].map((name) => {
    const before = well.series.get(name) ?? (well.isCounter(name) || ill?.isCounter(name) ? 0 : undefined);
    const after = ill?.series.get(name);
    const growth = ill?.isCounter(name) && again ? (after ?? 0) - (before ?? 0) : 0;
    const first = Array.from({ length: WELL }, () => before ?? '_');
    const gone = (n: number) => (n === 0 ? 'stale' : '_');
    const then = Array.from({ length: ILL }, (_, n) => (after === undefined ? gone(n) : after + n * growth));
    return { series: withLabel(name, instance), values: [...first, ...then].join(' ') };
  });
}

const withLabel = (series: string, instance: string): string =>
  series.includes('{')
    ? series.replace('{', `{instance="${instance}",`)
    : `${series}{instance="${instance}"}`;
