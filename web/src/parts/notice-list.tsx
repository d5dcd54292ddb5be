import { IconButton } from './icon';
import { usePage } from './page-context';

/** What has just happened, in a corner; and, for screen readers alone, what is new in the chat. */
export function NoticeList() {
  const { notices } = usePage();
  return (
    <>
      <div class="notices" role="status">
        {notices.shown.value.map(({ id, text, kind, action }) => (
          <div key={id} class={`notice ${kind}`}>
            <p>{text}</p>
            {action && (
              <button
                type="button"
                class="button small"
                onClick={() => {
                  notices.dismiss(id);
                  action.run();
                }}
              >
                {action.label}
              </button>
            )}
            <IconButton icon="x" label="Dismiss" onClick={() => notices.dismiss(id)} />
          </div>
        ))}
      </div>
      <p class="unseen" role="log">
        {notices.announcement.value}
      </p>
    </>
  );
}
