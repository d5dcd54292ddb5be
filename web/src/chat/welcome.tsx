import type { Chat } from '../state/chat';

/** What somebody may not know yet: each is put where questions are written, and sent by nobody else. */
const STARTERS = [
  'Explain how HTTPS works, as to a curious twelve-year-old',
  'Write a polite mail that moves a meeting to next week',
  'Compare three ways to cache API answers, in a table',
  'Plan a weekend in Oslo with two children',
];

export const Welcome = ({ chat }: { readonly chat: Chat }) => (
  <div class="scroll">
    <section class="welcome" aria-labelledby="welcome-title">
      <h2 id="welcome-title">What would you like to know?</h2>
      <p>
        Enter sends, Shift and Enter begins a line. An answer is written on the server: you can close this
        page, and find it whole when you come back.
      </p>
      <ul>
        {STARTERS.map((text) => (
          <li key={text}>
            <button type="button" class="starter" onClick={() => (chat.draft.value = text)}>
              {text}
            </button>
          </li>
        ))}
      </ul>
    </section>
  </div>
);
