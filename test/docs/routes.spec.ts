import { providerPaths } from '../../src/authorization-server/oidc/provider/provider.middleware.js';
import { documentedRoutes } from '../support/documented-routes.js';
import { bootIdleProcesses, type IdleProcesses } from '../support/served-routes.js';

const listed = (heading: string): readonly string[] => documentedRoutes(heading).map(({ route }) => route);
const byProvider = listed('### By the OpenID provider');
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
    const own = listed(heading).filter((route) => process !== 'authorizationServer' || !byProvider.includes(route));
    expect([...own, ...listed('## All three')].sort()).toEqual(served);
  });

  it('lists every path that the OpenID provider serves, and not one too many', () => {
    const paths = new Set(byProvider.map((route) => route.replace(/^\w+ /, '')));
    expect([...paths].sort()).toEqual(
      providerPaths()
        .map((path) => path.replace(/:(\w+)/g, '{$1}'))
        .sort(),
    );
  });

  it.each(['authorizationServer', 'resourceServer', 'client'] as const)(
    'describes no route of the %s in /openapi.json that it does not serve',
    async (process) => {
      const { app, routes } = processes[process];
      const served = process === 'authorizationServer' ? [...routes, ...byProvider] : routes;
      const { payload } = await app.inject({ url: '/openapi.json' });
      const { paths } = JSON.parse(payload) as { paths: Record<string, object> };
      const described = Object.entries(paths).flatMap(([path, methods]) =>
        Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
      );
      expect(described).not.toEqual([]);
      expect(described.filter((route) => !served.includes(route))).toEqual([]);
    },
  );
});
