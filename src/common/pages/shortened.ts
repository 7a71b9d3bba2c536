import { type Html, html, type HtmlValue } from '../html.js';

/** So many characters of a name tell it from others. */
const MOST_SHOWN = 200;

/** Tells what people take for one character, an accent or a composed emoji along with its base. */
const CHARACTERS = new Intl.Segmenter('en');

/** Shows no more of a name than fits on a page; the whole of it is in its title. */
export function shortened(name: string): HtmlValue {
  if (name.length <= MOST_SHOWN) return name;
  const characters = Array.from(CHARACTERS.segment(name), ({ segment }) => segment);
  if (characters.length <= MOST_SHOWN) return name;
  return html`<span title="${name}">${characters.slice(0, MOST_SHOWN).join('')}…</span>`;
}

/** Shows several names in a line, each {@link shortened}. */
export function listed(names: readonly string[]): readonly Html[] {
  return names.map((name, index) => html`${index === 0 ? '' : ' · '}${shortened(name)}`);
}
