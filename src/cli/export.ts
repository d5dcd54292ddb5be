import { notFound } from '../common/errors/domain-error';
import { inSnapshot, type Snapshot } from '../database/transfer/snapshot';
import { noRows, type Counts, type Row, type RowType } from '../database/transfer/tables';
import { normalizeUsername } from '../users/username';
import { onDatabase } from './database-work';
import { endLine, HEADER, rowLine, saidCounts } from './export-format';
import { writeOut } from './export-output';
import { asInterrupted } from './interrupted-reply';
import type { Outcome } from './outcome';
import { showProgress, type Progress } from './progress';

export interface ExportOptions {
  readonly output?: string;
  readonly username?: string;
}

/** All of it as it was at one moment. The same rows make the same bytes. */
export const exportRows = ({ output, username }: ExportOptions): Promise<Outcome> =>
  onDatabase(({ app }) =>
    inSnapshot(app, async (snapshot) => {
      const account = username === undefined ? null : await idOf(snapshot, username);
      const counts = noRows();
      const onScreen = output === undefined && process.stdout.isTTY;
      const progress = await showProgress(() => snapshot.count(account), onScreen);
      await writeOut(linesOf(snapshot, account, counts, progress), output).finally(() => progress.stop());
      const where = output === undefined ? '' : ` to ${output}`;
      return {
        said: `Exported ${saidCounts(counts)}${where}.`,
        data: { exported: counts },
        aside: output === undefined,
      };
    }),
  );

/** @throws DomainError `not_found` */
async function idOf(snapshot: Snapshot, username: string): Promise<string> {
  const id = await snapshot.findAccount(normalizeUsername(username));
  if (id === null) throw notFound('account');
  return id;
}

async function* linesOf(
  snapshot: Snapshot,
  account: string | null,
  counts: Counts,
  progress: Progress,
): AsyncGenerator<string> {
  const line = (type: RowType, row: Row) => {
    counts[type] += 1;
    progress.advance(1);
    return rowLine(type, row);
  };
  yield HEADER;
  for (const type of ['user', 'apiKey', 'usageDay'] as const)
    for await (const row of snapshot.rows(type, account)) yield line(type, row);
  const messages = snapshot.rows('message', account);
  let message = await messages.next();
  for await (const conversation of snapshot.rows('conversation', account)) {
    yield line('conversation', conversation);
    for (; !message.done && message.value.conversationId === conversation.id; message = await messages.next())
      yield line('message', asInterrupted(message.value));
  }
  yield endLine(counts);
}
