import { useEffect, useState } from 'preact/hooks';
import { Icon } from '../parts/icon';
import { usePage, useWorkspace } from '../parts/page-context';

/** Words are looked for when the keys rest for so long. */
const REST_MS = 200;

export function SearchField() {
  const { conversations } = useWorkspace();
  const { notices } = usePage();
  const [words, setWords] = useState(conversations.query.peek());
  useEffect(() => {
    if (words.trim() === conversations.query.peek()) return;
    const look = () => conversations.search(words.trim()).catch((error: unknown) => notices.fail(error));
    const timer = setTimeout(() => void look(), REST_MS);
    return () => clearTimeout(timer);
  }, [words]);
  return (
    <search class="search">
      <Icon name="search" />
      <input
        type="search"
        aria-label="Search conversations"
        placeholder="Search"
        maxLength={200}
        value={words}
        onInput={(event) => setWords(event.currentTarget.value)}
        onKeyDown={(event) => event.key === 'Escape' && setWords('')}
      />
    </search>
  );
}
