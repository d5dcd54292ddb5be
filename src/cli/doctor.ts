import { diagnose } from './diagnosis';
import type { Outcome } from './outcome';

/** Ends with 1 where something is wrong. */
export async function examine(): Promise<Outcome> {
  const findings = await diagnose(process.env);
  const lines = findings.map(({ check, ok, said, advice }) =>
    [`${ok ? 'ok   ' : 'WRONG'} ${check}: ${said}`, ...(advice ? [`      ${advice}`] : [])].join('\n'),
  );
  const healthy = findings.every(({ ok }) => ok);
  return { said: lines.join('\n'), data: { healthy, findings }, failed: !healthy };
}
