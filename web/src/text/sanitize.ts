import createDOMPurify, { type Config } from 'dompurify';

const purify = createDOMPurify(window);

/** All that Markdown makes, and nothing that loads, runs, submits or styles. */
const ALLOWED: Config = {
  ALLOWED_TAGS: [
    ...[
      'a',
      'b',
      'blockquote',
      'br',
      'button',
      'code',
      'del',
      'div',
      'em',
      'figcaption',
      'figure',
      'hr',
      'i',
    ],
    ...[
      'h1',
      'h2',
      'h3',
      'h4',
      'h5',
      'h6',
      'ins',
      'kbd',
      'li',
      'mark',
      'ol',
      'p',
      'pre',
      's',
      'small',
      'span',
    ],
    ...['strong', 'sub', 'sup', 'table', 'tbody', 'td', 'th', 'thead', 'tr', 'u', 'ul'],
  ],
  ALLOWED_ATTR: ['align', 'class', 'href', 'rel', 'start', 'tabindex', 'target', 'title', 'type'],
  ADD_URI_SAFE_ATTR: ['align', 'start', 'tabindex', 'type'], // else their values would have to be links
  ALLOWED_URI_REGEXP: /^(?:https?|mailto):/i,
  ALLOW_ARIA_ATTR: false,
  ALLOW_DATA_ATTR: false,
};

/** Links open elsewhere, and the page they open learns nothing of this one. */
purify.addHook('afterSanitizeAttributes', (element) => {
  if (element.tagName === 'A' && element.hasAttribute('href')) {
    element.setAttribute('target', '_blank');
    element.setAttribute('rel', 'noopener noreferrer nofollow');
  }
});

/** HTML that does nothing but show text, out of any HTML. */
export const sanitize = (html: string): string => purify.sanitize(html, ALLOWED);
