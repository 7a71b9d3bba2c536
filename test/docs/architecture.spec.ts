import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const PAGE = readFileSync('docs/architecture.md', 'utf8');

interface Rule {
  readonly name: string;
  readonly from: { readonly path?: string };
  readonly to: { readonly pathNot?: readonly string[] };
}

const roomOf = (pattern: string): string => pattern.replace(/^\^src\/|\/$/g, '');

/** Each room with the rooms that it may import, as the checker enforces it. */
async function enforced(): Promise<Map<string, readonly string[]>> {
  const file = pathToFileURL(join(process.cwd(), '.dependency-cruiser.mjs')).href;
  const { default: config } = (await import(file)) as { default: { forbidden: readonly Rule[] } };
  const arrows = config.forbidden.filter(({ name }) => name.startsWith('arrows-of-'));
  return new Map(
    arrows.map(({ from, to }) => {
      const room = roomOf(from.path ?? '');
      const others = (to.pathNot ?? []).map(roomOf).filter((other) => other !== room);
      return [room, others.sort()];
    }),
  );
}

/** The same, as the page draws it; a room's own parts go without saying. */
function drawn(): Map<string, readonly string[]> {
  const lines = [...PAGE.matchAll(/^([a-z][\w/., -]*?)(?: \(the rest\))? ─*► (.+)$/gm)];
  const arrows = lines.flatMap(([, rooms = '', targets = '']) =>
    rooms.split(', ').map((room): [string, readonly string[]] => {
      const others = targets.replace(/\s*\(.*$/, '').split(', ');
      return [room, others.filter((other) => other !== '' && !other.startsWith(`${room}/`)).sort()];
    }),
  );
  return new Map(arrows.filter(([room]) => !['main.*', 'apps'].includes(room)));
}

describe('docs/architecture.md', () => {
  it('draws the arrows that are enforced, and no other', async () => {
    const rules = await enforced();
    expect(rules.size).toBeGreaterThan(10);
    expect([...drawn()].sort()).toEqual([...rules].sort());
  });

  it('names every room, and what it names is there', () => {
    const tree = /```text\nsrc\/\n([^]*?)```/.exec(PAGE)?.[1] ?? '';
    const folders: string[] = [];
    const named = [...tree.matchAll(/^( {2,})([a-z-]+)\//gm)].map(([, indent = '', name = '']) => {
      folders.splice(indent.length / 2 - 1, Infinity, name);
      return folders.join('/');
    });
    expect(named.filter((folder) => !existsSync(join('src', folder)))).toEqual([]);
    const rooms = readdirSync('src', { withFileTypes: true }).filter((entry) => entry.isDirectory());
    expect(named.filter((folder) => !folder.includes('/')).sort()).toEqual(rooms.map(({ name }) => name).sort());
  });
});
