import { useState } from 'preact/hooks';
import type { Message } from '../api/types';
import { IconButton } from '../parts/icon';
import type { Chat } from '../state/chat';
import { CopyButton } from './copy-button';
import { QuestionEditor } from './question-editor';
import { Siblings } from './siblings';

interface QuestionProps {
  readonly chat: Chat;
  readonly message: Message;
}

export function Question({ chat, message }: QuestionProps) {
  const [editing, setEditing] = useState(false);
  const { content, parentId } = message;
  const ask = (changed: string) => {
    setEditing(false);
    chat.asking.ask({ content: changed, parentId });
  };
  if (editing) return <QuestionEditor content={content} onAsk={ask} onCancel={() => setEditing(false)} />;
  return (
    <article class="question" aria-label="Question">
      <p class="bubble">{content}</p>
      <div class="actions">
        <Siblings {...{ chat, message }} />
        <CopyButton text={content} what="question" />
        <IconButton
          icon="pencil"
          label="Edit and ask again"
          disabled={chat.asking.busy}
          onClick={() => setEditing(true)}
        />
      </div>
    </article>
  );
}
