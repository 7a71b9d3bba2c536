import { type Html, html } from '../../common/html.js';

/** A scope in people's words. @see UMA 2.0 Federated Authorization section 3.1.1 */
export interface ScopeDescription {
  readonly name: string;
  readonly description: string;
  /** What the scope's icon shows: the path of a drawing in a square of 24 by 24. */
  readonly drawing: string;
}

const CATALOGUE: ReadonlyMap<string, ScopeDescription> = new Map([
  [
    'heart-rate:read',
    {
      name: 'Every beat',
      description: 'See every measurement of the heart rate, past and present.',
      drawing: 'M2 12h5l2-5 4 10 3-7 1 2h5',
    },
  ],
  [
    'heart-rate:summary',
    {
      name: 'Summaries',
      description: 'See the heart rate by the minute, hour or day, but no single measurement.',
      drawing: 'M4 20v-6M10 20V8M16 20v-9M22 20V4',
    },
  ],
  [
    'heart-rate:stream',
    {
      name: 'Live',
      description: 'Watch the heart rate while it is being measured.',
      drawing: 'M12 21C5 15 3 11 3 8a4.5 4.5 0 0 1 9-1 4.5 4.5 0 0 1 9 1c0 3-2 7-9 13z',
    },
  ],
  [
    'heart-rate:write',
    {
      name: 'Add measurements',
      description: 'Send measurements of the heart rate, as a sensor does.',
      drawing: 'M12 4v16M4 12h16',
    },
  ],
]);

/** What is known of a scope; `undefined` for one that resource servers made up themselves. */
export function describeScope(scope: string): ScopeDescription | undefined {
  return CATALOGUE.get(scope);
}

/** Names that scopes had in the systems before, as old clients still ask for them. */
const OLD_NAMES: ReadonlyMap<string, string> = new Map([['hearthRate', 'heart-rate:read']]);

/** Scopes by their present names. */
export function presentScopes(scopes: readonly string[]): readonly string[] {
  return [...new Set(scopes.map((scope) => OLD_NAMES.get(scope) ?? scope))];
}

/** How a scope is called before people who never heard of scopes. */
export function scopeName(scope: string): string {
  return describeScope(scope)?.name ?? scope;
}

/** A scope's icon as an SVG document. */
export function scopeIcon({ name, drawing }: ScopeDescription): Html {
  return html`<svg
    xmlns="http://www.w3.org/2000/svg"
    viewBox="0 0 24 24"
    width="24"
    height="24"
    role="img"
    aria-label="${name}"
  >
    <path d="${drawing}" fill="none" stroke="#c8102e" stroke-width="2" stroke-linecap="round" stroke-linejoin="round" />
  </svg>`;
}
