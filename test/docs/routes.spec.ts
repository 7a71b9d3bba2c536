import { readFileSync } from 'node:fs';

import { providerPaths } from '../../src/authorization-server/oidc/provider/provider.middleware.js';
import { bootIdleProcesses, type IdleProcesses } from '../support/served-routes.js';

const PAGE = readFileSync('docs/routes.md', 'utf8');

/** The routes in the tables of a section, as `GET /path`. */
const documented = (heading: string, page = PAGE): readonly string[] => {
  const section = page.split(new RegExp(`^${heading}$`, 'm'))[1]?.split(/^## /m)[0] ?? '';
  return [...section.matchAll(/^\| `([A-Z,]+) (\/\S*)`/gm)].flatMap(([, methods = '', path = '']) =>
    methods.split(',').map((method) => `${method} ${path}`),
  );
};
const [BY_PROVIDER, REST] = ['### By the OpenID provider', '### Pages'].map((heading) => `\n${heading}\n`) as [
  string,
  string,
];
const providerSection = PAGE.slice(PAGE.indexOf(BY_PROVIDER), PAGE.indexOf(REST));
const withoutProvider = PAGE.replace(providerSection, '');
const ofAll = documented('## All three');
/** What the page of the API's description is made of is one thing to its reader. */
const partOfDocs = (route: string): boolean => route.startsWith('GET /docs/');

describe('docs/routes.md', () => {
  let processes: IdleProcesses;
  beforeAll(async () => {
    processes = await bootIdleProcesses();
  });
  afterAll(() => processes.close());

  it.each([
    ['authorizationServer', '## Authorization server'],
    ['resourceServer', '## Resource server'],
    ['client', '## Client server'],
  ] as const)('lists every route of the %s, and not one too many', (process, heading) => {
    const served = processes[process].routes.filter((route) => !partOfDocs(route));
    expect([...documented(heading, withoutProvider), ...ofAll].sort()).toEqual(served);
  });

  it('lists every path that the OpenID provider serves, and not one too many', () => {
    const paths = [...providerSection.matchAll(/^\| `[A-Z,]+ (\/\S*)`/gm)].map(([, path]) => path);
    expect(paths.sort()).toEqual(
      providerPaths()
        .map((path) => path.replace(/:(\w+)/g, '{$1}'))
        .sort(),
    );
  });

  it.each(['authorizationServer', 'resourceServer', 'client'] as const)(
    'describes no route of the %s in /openapi.json that it does not serve',
    async (process) => {
      const { app, routes } = processes[process];
      const { payload } = await app.inject({ url: '/openapi.json' });
      const { paths } = JSON.parse(payload) as { paths: Record<string, object> };
      const described = Object.entries(paths).flatMap(([path, methods]) =>
        Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
      );
      expect(described).not.toEqual([]);
      expect(described.filter((route) => !routes.includes(route))).toEqual([]);
    },
  );
});
