import { useEffect, useMemo, useRef } from 'preact/hooks';
import { copy } from '../parts/clipboard';
import { highlight } from '../text/highlight';
import type { toBlocks as ToBlocksFunction } from '../text/markdown';
import { markdown, needMarkdown } from '../text/markdown-when-needed';

type ToBlocks = typeof ToBlocksFunction;

interface ProseProps {
  readonly text: string;
  /** More of it is to come. */
  readonly growing?: boolean;
}

/** A text of the model's, as Markdown; as it is, until that can be shown. */
export function Prose(props: ProseProps) {
  useEffect(needMarkdown, []);
  return markdown.value ? <Blocks {...props} {...markdown.value} /> : <p class="bare">{props.text}</p>;
}

/** While a text grows only its last block is read and shown again. */
function Blocks({ text, growing = false, toBlocks }: ProseProps & { readonly toBlocks: ToBlocks }) {
  const root = useRef<HTMLDivElement>(null);
  const earlier = useRef<ReturnType<ToBlocks>>([]);
  const blocks = useMemo(() => {
    earlier.current = toBlocks(text, growing ? earlier.current : []);
    return earlier.current;
  }, [text, growing]);
  const settled = growing ? blocks.length - 1 : blocks.length;
  useEffect(() => {
    for (const block of [...root.current!.children].slice(0, settled)) void highlight(block);
  }, [settled]);
  return (
    <div ref={root} class="prose" onClick={copyCode}>
      {blocks.map(({ start, html }) => (
        <div key={start} dangerouslySetInnerHTML={{ __html: html }} />
      ))}
    </div>
  );
}

const COPIED_MS = 2_000;

function copyCode({ target }: MouseEvent): void {
  const button = (target as Element).closest<HTMLButtonElement>('figure.code button');
  if (!button) return;
  const code = button.closest('figure')!.querySelector('code')!.textContent;
  void copy(code).then((done) => {
    button.textContent = done ? 'Copied' : 'Copying failed';
    setTimeout(() => (button.textContent = 'Copy'), COPIED_MS);
  });
}
