import { Marked, type Token, type Tokens } from 'marked';
import { sanitize } from './sanitize';

/** Harmless without attributes, and models write them where Markdown has no word for it. */
const BARE_TAG = /^<\/?(?:br|sub|sup|kbd|mark|u|s|ins|del|small)\s*\/?>$/i;

const escape = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);

/** A heading that is a block of its own has a level in the outline of the page; others are only bold. */
type Heading = Tokens.Heading & { level?: number };

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
    heading({ tokens, depth, level }: Heading) {
      const text = this.parser.parseInline(tokens);
      return level
        ? `<h${level} class="depth-${depth}">${text}</h${level}>`
        : `<p><strong>${text}</strong></p>`;
    },
    /** An image would be fetched from wherever the model says, and tell who reads: a link is followed by whoever wants to. */
    image: ({ href, text }: Tokens.Image) => `<a href="${escape(href)}">${escape(text || href)}</a>`,
    checkbox: ({ checked }: Tokens.Checkbox) => (checked ? '☑ ' : '☐ '),
    code: ({ text, lang }: Tokens.Code) => codeBlock(text, /^[\w#+.-]*/.exec(lang ?? '')![0]),
  },
});

/** The buttons are bare: whoever shows the text listens for their clicks (`prose.tsx`). What is too wide is scrolled by keys, too. */
const codeBlock = (text: string, language: string): string =>
  `<figure class="code"><figcaption><span>${language || 'text'}</span><button type="button">Copy</button></figcaption>` +
  `<pre tabindex="0"><code class="language-${language}">${escape(text)}</code></pre></figure>`;

/** A part of a text between blank lines or headings: what is in front of the last one does not change while a text grows. */
export interface Block {
  /** Where it begins in the text, in UTF-16 units. */
  readonly start: number;
  readonly html: string;
  /** The depths of the headings that it stands below, and of its own. */
  readonly outline: readonly number[];
}

/** The blocks of a text, made safe. Of an earlier, shorter text's blocks all but the last one are taken over. */
export function toBlocks(written: string, earlier: readonly Block[] = []): Block[] {
  const text = written.replace(/\r\n|\r/g, '\n'); // as the lexer has it, whose tokens are counted here
  const blocks = earlier.slice(0, -1);
  let start = earlier.at(-1)?.start ?? 0;
  const tokens = parser.lexer(text.slice(start));
  for (const token of tokens) {
    if (token.type !== 'space') {
      const outline = outlineWith(token, blocks.at(-1)?.outline ?? []);
      const list = Object.assign([token], { links: tokens.links });
      blocks.push({ start, html: sanitize(framed(token, parser.parser(list))), outline });
    }
    start += token.raw.length;
  }
  return blocks;
}

/** Screen readers go by levels that leave none out, whatever a model's headings do. The first one stands below the page's own. */
function outlineWith(token: Token, above: readonly number[]): readonly number[] {
  if (token.type !== 'heading') return above;
  const heading = token as Heading;
  const outline = [...above.filter((depth) => depth < heading.depth), heading.depth];
  heading.level = Math.min(outline.length + 1, 6);
  return outline;
}

const framed = ({ type }: Token, html: string): string =>
  type === 'table' ? `<div class="table" tabindex="0">${html}</div>` : html;
