import { useState } from 'preact/hooks';
import { TextField } from './text-field';

interface QuestionEditorProps {
  readonly content: string;
  readonly onAsk: (content: string) => void;
  readonly onCancel: () => void;
}

/** Asks a question otherwise. The former one stays, as a branch of its own. */
export function QuestionEditor({ content, onAsk, onCancel }: QuestionEditorProps) {
  const [text, setText] = useState(content);
  return (
    <form
      class="question-editor"
      aria-label="Edit the question"
      onKeyDown={(event) => event.key === 'Escape' && onCancel()}
      onSubmit={(event) => event.preventDefault()}
    >
      <TextField label="Question" value={text} onInput={setText} onEnter={() => onAsk(text)} focus>
        {(sendable) => (
          <>
            <button type="button" class="button small" onClick={onCancel}>
              Cancel
            </button>
            <button
              type="button"
              class="button small primary"
              disabled={!sendable}
              onClick={() => onAsk(text)}
            >
              Ask again
            </button>
          </>
        )}
      </TextField>
    </form>
  );
}
