import { Marked, type Tokens } from 'marked';
import { sanitize } from './sanitize';

/** Harmless without attributes, and models write them where Markdown has no word for it. */
const BARE_TAG = /^<\/?(?:br|sub|sup|kbd|mark|u|s|ins|del|small)\s*\/?>$/i;

const escape = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);

const parser = new Marked({
  gfm: true,
  breaks: true, // models and people mean a line where they write one
  renderer: {
    /** Text that looks like HTML is shown as the text it is. */
    html: ({ text, block }: Tokens.HTML | Tokens.Tag) => {
      const parts = text.trim().split(/(<[^>]*>)/);
      const shown = parts.map((part) => (BARE_TAG.test(part) ? part : escape(part))).join('');
      return block ? `<p>${shown.replaceAll('\n', '<br>')}</p>` : shown;
    },
    /** An image would be fetched from wherever the model says, and tell who reads: a link is followed by whoever wants to. */
    image: ({ href, text }: Tokens.Image) => `<a href="${escape(href)}">${escape(text || href)}</a>`,
    code: ({ text, lang }: Tokens.Code) => codeBlock(text, /^[\w#+.-]*/.exec(lang ?? '')![0]),
  },
});

/** The buttons are bare: whoever shows the text listens for their clicks (`answer.tsx`). */
const codeBlock = (text: string, language: string): string =>
  `<figure class="code"><figcaption><span>${language || 'text'}</span><button type="button">Copy</button></figcaption>` +
  `<pre><code class="language-${language}">${escape(text)}</code></pre></figure>`;

/** A part of a text between blank lines or headings: what is in front of the last one does not change while a text grows. */
export interface Block {
  /** Where it begins in the text, in UTF-16 units. */
  readonly start: number;
  readonly html: string;
}

/** The blocks of a text, made safe. `from` is where the last block of an earlier, shorter text began: only what follows is read again. */
export function toBlocks(written: string, earlier: readonly Block[] = []): Block[] {
  const text = written.replace(/\r\n|\r/g, '\n'); // as the lexer has it, whose tokens are counted here
  const kept = earlier.slice(0, -1);
  const from = earlier.at(-1)?.start ?? 0;
  const blocks: Block[] = [];
  let start = from;
  const tokens = parser.lexer(text.slice(from));
  for (const token of tokens) {
    if (token.type !== 'space') {
      const list = Object.assign([token], { links: tokens.links });
      blocks.push({ start, html: sanitize(parser.parser(list)) });
    }
    start += token.raw.length;
  }
  return [...kept, ...blocks];
}
