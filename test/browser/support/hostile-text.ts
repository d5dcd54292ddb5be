import type { Page } from 'playwright-core';

/** What Markdown makes, and nothing else. */
const TAGS =
  'a b blockquote br button code del div em figcaption figure h1 h2 h3 h4 h5 h6 hr i ins kbd li mark ol p pre s small span strong sub sup table tbody td th thead tr u ul';
const ATTRIBUTES = 'align class data-coloured href rel start tabindex target title type';
/** These stand nowhere in the page, whatever is shown; its icons are the only drawings. */
const NOWHERE =
  'script:not([src]), style, iframe, object, embed, form:not([aria-label]), base, img, video, audio, math, template, frame, applet, marquee, portal, svg:not(.icon, [hidden]), [srcdoc], [formaction], [style*="url"]';

/** What stands in the document and should not: elements, attributes and links that only hostile text could have brought. */
export function findIntruders(page: Page): Promise<string[]> {
  return page.evaluate(
    ({ tags, attributes, nowhere }) => {
      const outer = (element: Element) => element.outerHTML.slice(0, 200);
      const isHostile = (element: Element) =>
        !tags.includes(element.localName) ||
        [...element.attributes].some(({ name }) => !attributes.includes(name)) ||
        (element.hasAttribute('href') && !/^(https?|mailto):/.test(element.getAttribute('href')!));
      const handlers = [...document.querySelectorAll('*')].filter((element) =>
        [...element.attributes].some(({ name }) => name.startsWith('on')),
      );
      return [
        ...[...document.querySelectorAll(nowhere)].map(outer),
        ...handlers.map(outer),
        ...[...document.querySelectorAll('.prose > div *')].filter(isHostile).map(outer),
      ];
    },
    { tags: TAGS.split(' '), attributes: ATTRIBUTES.split(' '), nowhere: NOWHERE },
  );
}
