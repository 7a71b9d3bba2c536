import { readFileSync } from 'node:fs';

import { providerPaths } from '../../src/authorization-server/oidc/provider/provider.middleware.js';
import { bootIdleProcesses, type IdleProcesses } from '../support/served-routes.js';

const PAGE = readFileSync('docs/compatibility.md', 'utf8');
const idsOf = (system: string): readonly string[] =>
  [...PAGE.matchAll(new RegExp(String.raw`^\| (${system}-\d\d) `, 'gm'))].map(([, id = '']) => id);
const numbered = (system: string, count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) => `${system}-${String(index + 1).padStart(2, '0')}`);

/** Rows that name routes, with the servers where these are. */
const routes = [...PAGE.matchAll(/^\| ((?:FH|S2S|GL)-\d\d) +\| .*$/gm)].flatMap(([row, id = '']) =>
  [...row.matchAll(/`((?:GET|POST) \/[^\s`:]*)/g)].map(([, route = '']) => ({ id, route, places: placesOf(row) })),
);

/** The tests that the page names: each by the label of a link to its file and a piece of its title. */
const namedTests = [...PAGE.matchAll(/\[([\w.-]+)\] “([^”]+)”/g)].map(([, label = '', title = '']) => ({
  label,
  title,
}));
const files = new Map(
  [...PAGE.matchAll(/^\[([^\]]+)\]: \.\.\/(\S+)$/gm)].map(([, label = '', path = '']) => [label, path]),
);

type Place = Exclude<keyof IdleProcesses, 'close'>;

function placesOf(row: string): readonly Place[] {
  if (!row.startsWith('| FH')) return ['authorizationServer'];
  if (row.includes(', both servers')) return ['resourceServer', 'client'];
  return row.includes(', client ') ? ['client'] : ['resourceServer'];
}

describe('docs/compatibility.md', () => {
  let processes: IdleProcesses;
  beforeAll(async () => {
    processes = await bootIdleProcesses();
  });
  afterAll(() => processes.close());

  it('says of every name of the two replaced systems what has become of it', () => {
    expect(idsOf('FH')).toEqual(numbered('FH', 25));
    expect(idsOf('S2S')).toEqual(numbered('S2S', 12));
  });

  it.each(routes)('$id: $route is served', ({ route, places }) => {
    const byProvider = providerPaths().includes(route.replace(/^\w+ /, ''));
    for (const place of places) {
      const served = processes[place].routes.includes(route);
      expect(served || (place === 'authorizationServer' && byProvider)).toBe(true);
    }
  });

  it.each(namedTests)('names a test that is there: $label “$title”', ({ label, title }) => {
    expect(readFileSync(files.get(label) ?? '', 'utf8')).toContain(title);
  });

  it('names the test of every row of the later tables, but where nothing can be tested', () => {
    const rows = [...PAGE.matchAll(/^\| ((?:GL|SW|FR)-\d\d.*?) +\|.*\| (.+?) +\|$/gm)];
    const untested = rows.filter(([, , test = '']) => !/^\[[\w.-]+\] “/.test(test));
    expect(rows.length).toBeGreaterThan(25);
    expect(untested.map(([, id]) => id)).toEqual(['SW-26']);
  });

  it('names routes in every row about some', () => {
    const ids = ['FH-12', 'FH-13', 'FH-14', 'FH-15', 'FH-16', 'FH-17', 'FH-18', 'FH-19', 'FH-20', 'FH-21', 'FH-24'];
    expect([...new Set(routes.map(({ id }) => id))]).toEqual(expect.arrayContaining([...ids, 'S2S-06', 'GL-07']));
  });
});
