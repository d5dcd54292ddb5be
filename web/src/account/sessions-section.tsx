import bowser from 'bowser';
import { bodyOf } from '../api/client';
import type { SessionRow } from '../api/types';
import { usePage, useWorkspace } from '../parts/page-context';
import { day, Rows, usePagedList } from './rows';

/** "Firefox on Linux", where it is a browser. */
function programOf(userAgent: string | null): string {
  if (!userAgent) return 'Unknown program';
  const { browser, os } = bowser.parse(userAgent);
  return browser.name ? [browser.name, os.name].filter(Boolean).join(' on ') : userAgent;
}

/** Where one is signed in, and how to end that. */
export function SessionsSection() {
  const { notices } = usePage();
  const { api } = useWorkspace();
  const list = usePagedList<SessionRow>((query) =>
    bodyOf(api.GET('/api/v1/auth/sessions', { params: { query } })),
  );
  const finish = (work: Promise<unknown>, said: string) =>
    void work
      .then(() => list.refresh())
      .then(() => notices.tell(said))
      .catch((error: unknown) => notices.fail(error));
  const end = (id: string) =>
    finish(
      bodyOf<unknown>(api.DELETE('/api/v1/auth/sessions/{id}', { params: { path: { id } } })),
      'The session has ended.',
    );
  const endOthers = () =>
    finish(bodyOf<unknown>(api.DELETE('/api/v1/auth/sessions')), 'All other sessions have ended.');
  return (
    <>
      <p>
        You are signed in here. A session that you don’t know is somebody else: end it, and change your
        password.
      </p>
      <Rows list={list} empty="There is no session.">
        {({ id, userAgent, ip, lastUsedAt, current }) => (
          <>
            <div>
              <strong title={userAgent ?? undefined}>{programOf(userAgent)}</strong>
              <small>
                {ip ?? 'Unknown address'} · used {day(lastUsedAt)}
              </small>
            </div>
            {current ? (
              <span class="tag">This one</span>
            ) : (
              <button type="button" class="button small" onClick={() => end(id)}>
                End
              </button>
            )}
          </>
        )}
      </Rows>
      {list.rows.value.length > 1 && (
        <button type="button" class="button danger" onClick={endOthers}>
          End all others
        </button>
      )}
    </>
  );
}
