import { useState } from 'preact/hooks';
import { bodyOf } from '../api/client';
import { usePage, useWorkspace } from '../parts/page-context';
import { Field, Form } from './form';
import { useAction } from './use-action';

/** A new password ends every other session. */
export function PasswordForm() {
  const { notices, session } = usePage();
  const { api } = useWorkspace();
  const [currentPassword, setCurrent] = useState('');
  const [newPassword, setNew] = useState('');
  const action = useAction(async () => {
    const body = { currentPassword, newPassword };
    await bodyOf<unknown>(api.PUT('/api/v1/users/me/password', { body }));
    setCurrent('');
    setNew('');
    notices.tell('The password is changed. Your other sessions have ended.');
  });
  return (
    <section>
      <h3>Password</h3>
      <Form label="Password" action={action} submit="Change the password">
        <input
          class="unseen"
          autocomplete="username"
          value={session.user.value?.username ?? ''}
          readOnly
          tabIndex={-1}
          aria-hidden="true"
        />
        <Field
          label="Password now"
          type="password"
          value={currentPassword}
          onInput={setCurrent}
          autocomplete="current-password"
          required
        />
        <Field
          label="New password"
          type="password"
          value={newPassword}
          onInput={setNew}
          autocomplete="new-password"
          minLength={8}
          maxLength={128}
          hint="At least 8 characters, and none of the common ones."
          required
        />
      </Form>
    </section>
  );
}
