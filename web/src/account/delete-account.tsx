import { useState } from 'preact/hooks';
import { bodyOf } from '../api/client';
import { Dialog } from '../parts/dialog';
import { usePage, useWorkspace } from '../parts/page-context';
import { Field, Form } from './form';
import { useAction } from './use-action';

/** Erases the account and all it owns. */
export function DeleteAccount({ guest }: { readonly guest: boolean }) {
  const [asking, setAsking] = useState(false);
  return (
    <section>
      <h3>{guest ? 'Leave nothing behind' : 'Delete the account'}</h3>
      <p>Everything is erased from the server: the account, its sessions and keys, and all conversations.</p>
      <button type="button" class="button danger" onClick={() => setAsking(true)}>
        Delete the account…
      </button>
      {asking && (
        <Dialog title="Delete the account?" onClose={() => setAsking(false)}>
          <DeleteForm guest={guest} />
        </Dialog>
      )}
    </section>
  );
}

function DeleteForm({ guest }: { readonly guest: boolean }) {
  const page = usePage();
  const { api } = useWorkspace();
  const [password, setPassword] = useState('');
  const action = useAction(async () => {
    await bodyOf<unknown>(api.DELETE('/api/v1/users/me', { body: guest ? {} : { password } }));
    page.erased();
  });
  return (
    <Form label="Delete the account" action={action} submit="Delete for good" danger>
      <p>This can’t be undone.</p>
      {!guest && (
        <Field
          label="Password"
          type="password"
          value={password}
          onInput={setPassword}
          autocomplete="current-password"
          required
        />
      )}
    </Form>
  );
}
