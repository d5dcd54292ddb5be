import { useEffect, useState } from 'preact/hooks';
import { Link } from '../parts/link';
import { usePage } from '../parts/page-context';
import { goTo, path } from '../state/location';
import { settings } from '../state/settings';
import { Field, Form } from './form';
import { useAction } from './use-action';

/** Signs in, or makes an account; a guest's becomes it, with all that the guest has. */
export function SignInView() {
  const { session } = usePage();
  const register = path.value === '/register' && settings.registration;
  const title = register ? 'Make an account' : 'Sign in';
  useEffect(() => {
    document.title = `${title} · Parley`;
  }, [title]);
  const guest = session.user.value?.kind === 'guest';
  return (
    <main class="lonely card">
      {session.state.value === 'ended' && (
        <p class="aside">Your session has ended. What you have written is kept.</p>
      )}
      <h1>{title}</h1>
      {guest && <p>{register ? KEPT : LEFT_BEHIND}</p>}
      <Credentials key={title} register={register} />
      <Ways register={register} />
    </main>
  );
}

/** To the chat, unless the form stood before something else. */
const leaveForm = () => {
  if (path.value === '/sign-in' || path.value === '/register') goTo('/', { replace: true });
};

const KEPT = 'All that you have asked as a guest stays with you.';
const LEFT_BEHIND =
  'What you have asked as a guest can’t be reached after you sign in to another account.' +
  (settings.registration ? ' Make an account instead to keep it.' : '');

function Credentials({ register }: { readonly register: boolean }) {
  const { session } = usePage();
  const [username, setUsername] = useState('');
  const [password, setPassword] = useState('');
  const action = useAction(async () => {
    await session.signIn(register ? 'register' : 'login', { username, password });
    leaveForm();
  });
  return (
    <Form
      label={register ? 'Make an account' : 'Sign in'}
      action={action}
      submit={register ? 'Make the account' : 'Sign in'}
    >
      <Field
        label="Username"
        value={username}
        onInput={setUsername}
        autocomplete="username"
        autocapitalize="none"
        required
        {...(register && {
          hint: '3 to 80 characters; capitals and small letters are the same.',
          minLength: 3,
          maxLength: 80,
        })}
      />
      <Field
        label="Password"
        type="password"
        value={password}
        onInput={setPassword}
        autocomplete={register ? 'new-password' : 'current-password'}
        required
        {...(register && {
          hint: 'At least 8 characters, and none of the common ones.',
          minLength: 8,
          maxLength: 128,
        })}
      />
    </Form>
  );
}

function Ways({ register }: { readonly register: boolean }) {
  const { session } = usePage();
  const guest = useAction(async () => {
    if (!session.user.value) await session.signIn('guest', {});
    leaveForm();
  });
  return (
    <p class="ways">
      {register ? (
        <Link href="/sign-in">I have an account</Link>
      ) : (
        settings.registration && <Link href="/register">Make an account</Link>
      )}
      {(settings.guests || session.user.value) && (
        <button type="button" class="text-button" disabled={guest.busy} onClick={guest.run}>
          {session.user.value ? 'Back to the chat' : 'Go on as a guest'}
        </button>
      )}
      {guest.fault !== null && <span role="alert">That did not work. Try again in a moment.</span>}
    </p>
  );
}
