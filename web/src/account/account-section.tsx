import { useState } from 'preact/hooks';
import { bodyOf } from '../api/client';
import { Confirm } from '../parts/dialog';
import { Link } from '../parts/link';
import { usePage, useWorkspace } from '../parts/page-context';
import { saveFile } from '../parts/save-file';
import { settings } from '../state/settings';
import { DeleteAccount } from './delete-account';
import { Field, Form } from './form';
import { PasswordForm } from './password-form';
import { useAction } from './use-action';

/** Who one is, what one has, and how to take it along or be rid of it. */
export function AccountSection() {
  const user = usePage().session.user.value!;
  const guest = user.kind === 'guest';
  return (
    <>
      {guest ? (
        <p>
          You are here as a guest, in this browser alone.{' '}
          {settings.registration && <Link href="/register">Make an account</Link>}
          {settings.registration && ' to come back from anywhere, with all that you have asked.'}
        </p>
      ) : (
        <p>
          You are signed in as <strong>{user.username}</strong>.
        </p>
      )}
      <ProfileForm />
      {!guest && <PasswordForm />}
      <DataSection />
      <DeleteAccount guest={guest} />
    </>
  );
}

function ProfileForm() {
  const { session, notices } = usePage();
  const { api, models } = useWorkspace();
  const user = session.user.value!;
  const [displayName, setDisplayName] = useState(user.displayName ?? '');
  const [defaultModel, setDefaultModel] = useState(user.defaultModel ?? '');
  const action = useAction(async () => {
    const body = { displayName: displayName.trim() || null, defaultModel: defaultModel || null };
    session.user.value = await bodyOf(api.PATCH('/api/v1/users/me', { body }));
    notices.tell('Saved.');
  });
  return (
    <Form label="Profile" action={action} submit="Save">
      <Field
        label="Name to show"
        value={displayName}
        onInput={setDisplayName}
        maxLength={80}
        autocomplete="name"
      />
      <div class="form-field">
        <label for="default-model">Model for new chats</label>
        <select
          id="default-model"
          class="field"
          value={defaultModel}
          onChange={(event) => setDefaultModel(event.currentTarget.value)}
        >
          <option value="">The server’s choice</option>
          {models.value?.data.map(({ id }) => (
            <option key={id} value={id}>
              {id}
            </option>
          ))}
        </select>
      </div>
    </Form>
  );
}

function DataSection() {
  const { session, notices } = usePage();
  const workspace = useWorkspace();
  const [asking, setAsking] = useState(false);
  const save = useAction(async () =>
    session
      .download('/api/v1/users/me/export')
      .then((response) => saveFile(response, 'parley-export.ndjson')),
  );
  const clear = () =>
    void workspace.deleteAll().then(
      () => notices.tell('All conversations are deleted.'),
      (error: unknown) => notices.fail(error),
    );
  return (
    <section>
      <h3>What you have asked</h3>
      <p class="row">
        <button type="button" class="button" disabled={save.busy} onClick={save.run}>
          Export everything
        </button>
        <button type="button" class="button danger" onClick={() => setAsking(true)}>
          Delete all conversations
        </button>
      </p>
      {save.fault !== null && <p role="alert">The export did not work. Try again in a moment.</p>}
      {asking && (
        <Confirm
          title="Delete all conversations?"
          text="All questions and answers are deleted, archived ones too. This can’t be undone."
          action="Delete all"
          onConfirm={clear}
          onClose={() => setAsking(false)}
        />
      )}
    </section>
  );
}
