import { useState } from 'preact/hooks';
import { copy } from '../parts/clipboard';
import { IconButton } from '../parts/icon';
import { usePage } from '../parts/page-context';

const SHOWN_MS = 2_000;

export function CopyButton({ text, what }: { readonly text: string; readonly what: string }) {
  const { notices } = usePage();
  const [done, setDone] = useState(false);
  const run = async () => {
    if (!(await copy(text)))
      return notices.tell('The browser lets only pages with HTTPS copy. Select the text instead.');
    setDone(true);
    return setTimeout(() => setDone(false), SHOWN_MS);
  };
  return (
    <IconButton
      icon={done ? 'check' : 'copy'}
      label={done ? 'Copied' : `Copy ${what}`}
      onClick={() => void run()}
    />
  );
}
