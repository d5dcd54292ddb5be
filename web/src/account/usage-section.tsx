import { useEffect, useState } from 'preact/hooks';
import { bodyOf } from '../api/client';
import type { UsageReport } from '../api/types';
import { usePage, useWorkspace } from '../parts/page-context';
import { Skeleton } from '../parts/skeleton';
import { day } from './rows';

/** What the models have taken: by day and model, and of the quota. */
export function UsageSection() {
  const { notices } = usePage();
  const { api } = useWorkspace();
  const [report, setReport] = useState<UsageReport | null>(null);
  useEffect(() => {
    bodyOf(api.GET('/api/v1/users/me/usage')).then(setReport, (error: unknown) => notices.fail(error));
  }, []);
  if (!report) return <Skeleton lines={5} />;
  return (
    <>
      <Quota quota={report.quota} />
      {report.data.length === 0 ? (
        <p class="hint">Nothing in the last 30 days.</p>
      ) : (
        <Days data={report.data} />
      )}
    </>
  );
}

const number = (value: number): string => value.toLocaleString();

function Quota({ quota: { limitTokens, usedTokens, period, resetsAt } }: Pick<UsageReport, 'quota'>) {
  if (limitTokens === null)
    return (
      <p>
        {number(usedTokens)} tokens this {period}. There is no limit.
      </p>
    );
  return (
    <div class="quota">
      <label for="quota">
        {number(usedTokens)} of {number(limitTokens)} tokens this {period}
      </label>
      <meter id="quota" min={0} max={limitTokens} value={usedTokens} high={limitTokens * 0.8} />
      <small class="hint">
        The next {period} begins {day(resetsAt)}.
      </small>
    </div>
  );
}

const Days = ({ data }: Pick<UsageReport, 'data'>) => (
  <div class="table usage" tabIndex={0}>
    <table>
      <thead>
        <tr>
          <th scope="col">Day</th>
          <th scope="col">Model</th>
          <th scope="col">Answers</th>
          <th scope="col">Tokens read</th>
          <th scope="col">Tokens written</th>
        </tr>
      </thead>
      <tbody>
        {data.map((row) => (
          <tr key={row.day + row.model}>
            <td>{row.day}</td>
            <td>{row.model}</td>
            <td>{number(row.replies)}</td>
            <td>{number(row.promptTokens)}</td>
            <td>{number(row.completionTokens)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  </div>
);
