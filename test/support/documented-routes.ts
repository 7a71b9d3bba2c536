import { readFileSync } from 'node:fs';

/** A row of a table of docs/routes.md, for one method. */
export interface DocumentedRoute {
  /** `GET /resources/{id}` */
  readonly route: string;
  /** Who may call it, in the page's words. */
  readonly caller: string;
}

const PAGE = readFileSync('docs/routes.md', 'utf8');

/** The routes in the tables below a heading (`## All three`), up to the next one of its rank or above. */
export function documentedRoutes(heading: string): readonly DocumentedRoute[] {
  const rank = heading.indexOf(' ');
  const below = PAGE.split(new RegExp(`^${heading}$`, 'm'))[1] ?? '';
  const section = below.split(new RegExp(`^#{1,${rank}} `, 'm'))[0] ?? '';
  return [...section.matchAll(/^\| `([A-Z,]+) (\/\S*)` +\| (.+?) +\|/gm)].flatMap(
    ([, methods = '', path = '', caller = '']) =>
      methods.split(',').map((method) => ({ route: `${method} ${path}`, caller })),
  );
}
