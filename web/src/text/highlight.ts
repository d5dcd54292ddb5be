import type common from 'highlight.js/lib/common';

type Highlighter = typeof common;

let loading: Promise<Highlighter> | null = null;

/** Loaded when the first code is shown, not before. */
const load = (): Promise<Highlighter> =>
  (loading ??= import('highlight.js/lib/common').then((module) => module.default));

/** Colours the code below an element whose language is known. Leaves it as it is when the colours can't be loaded. */
export async function highlight(root: Element): Promise<void> {
  const codes = root.querySelectorAll<HTMLElement>('code[class^="language-"]:not([data-coloured])');
  if (codes.length === 0) return;
  const highlighter = await load().catch(() => ((loading = null), null));
  if (!highlighter) return;
  for (const code of codes) {
    const language = code.className.slice('language-'.length);
    if (!highlighter.getLanguage(language)) continue;
    code.dataset.coloured = ''; // its text may have become HTML: not twice
    code.innerHTML = highlighter.highlight(code.textContent, { language, ignoreIllegals: true }).value;
  }
}
