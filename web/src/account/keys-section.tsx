import { useState } from 'preact/hooks';
import { bodyOf } from '../api/client';
import type { ApiKey } from '../api/types';
import { CopyButton } from '../chat/copy-button';
import { usePage, useWorkspace } from '../parts/page-context';
import type { PagedList } from '../state/paged-list';
import { Field, Form } from './form';
import { day, Rows, usePagedList } from './rows';
import { useAction } from './use-action';

/** Keys for programs: the API, OpenAI's clients, and the WebSocket. */
export function KeysSection() {
  const { notices } = usePage();
  const { api } = useWorkspace();
  const list = usePagedList<ApiKey>((query) =>
    bodyOf(api.GET('/api/v1/auth/api-keys', { params: { query } })),
  );
  const end = (id: string) =>
    void bodyOf<unknown>(api.DELETE('/api/v1/auth/api-keys/{id}', { params: { path: { id } } }))
      .then(() => list.refresh())
      .then(() => notices.tell('The key is deleted. Programs that use it are turned away.'))
      .catch((error: unknown) => notices.fail(error));
  return (
    <>
      <p>A key lets a program in as you. Give each program its own, so that you can take it back.</p>
      <NewKey list={list} />
      <Rows list={list} empty="There are no keys.">
        {({ id, name, prefix, scopes, lastUsedAt, expiresAt }) => (
          <>
            <div>
              <strong>{name}</strong>
              <small>
                <code>{prefix}…</code> · {scopes.join(', ')} ·{' '}
                {lastUsedAt ? `used ${day(lastUsedAt)}` : 'never used'}
                {expiresAt && ` · until ${day(expiresAt)}`}
              </small>
            </div>
            <button type="button" class="button small danger" onClick={() => end(id)}>
              Delete
            </button>
          </>
        )}
      </Rows>
    </>
  );
}

function NewKey({ list }: { readonly list: PagedList<ApiKey> }) {
  const { session } = usePage();
  const { api } = useWorkspace();
  const [name, setName] = useState('');
  const [scope, setScope] = useState<ApiKey['scopes'][number]>('chat');
  const [key, setKey] = useState<string | null>(null);
  const action = useAction(async () => {
    const made = await bodyOf(api.POST('/api/v1/auth/api-keys', { body: { name, scopes: [scope] } }));
    setKey(made.key);
    setName('');
    await list.refresh();
  });
  return (
    <Form label="New key" action={action} submit="Make a key">
      <Field label="What it is for" value={name} onInput={setName} maxLength={80} required />
      <div class="form-field">
        <label for="scope">What it may do</label>
        <select
          id="scope"
          class="field"
          value={scope}
          onChange={(event) => setScope(event.currentTarget.value as typeof scope)}
        >
          <option value="chat">Ask and read</option>
          <option value="read">Read only</option>
          {session.user.value?.role === 'admin' && <option value="admin">Administer</option>}
        </select>
      </div>
      {key && (
        <div class="new-key" role="status">
          <p>Copy the key now. It is not shown again.</p>
          <p class="row">
            <code>{key}</code>
            <CopyButton text={key} what="key" />
          </p>
        </div>
      )}
    </Form>
  );
}
