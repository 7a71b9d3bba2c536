import { readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';

import ts from 'typescript';

import * as kit from '../../src/testing/index.js';

const GUARD = 'docs/guard.md';
const TESTING = 'docs/testing.md';

/** What the pages leave for their reader to write, and what nobody should write. */
const WRITTEN_ELSEWHERE = {
  'your-token-store.ts': `import { TokenStore } from './token-store.js';
    export declare class YourTokenStore extends TokenStore {
      accessTokenOf(): Promise<undefined>;
      canRefresh(): Promise<boolean>;
      refresh(): Promise<undefined>;
    }`,
  'wrong.ts': `import { UmaModule } from 'pulsegate/uma';
    UmaModule.register({ realm: 7, audience: 'https://photos.example' });`,
};

/** Its blocks of TypeScript, by the names of files that they begin with. */
function blocksOf(page: string): ReadonlyMap<string, string> {
  const blocks = [...readFileSync(page, 'utf8').matchAll(/^```ts\n\/\/ (\S+)\n([^]*?)^```$/gm)];
  return new Map(blocks.map(([, name = '', code = '']) => [name, code]));
}

/** The names of the package lead to its sources, which need not be built. */
const OURS = {
  incremental: false,
  tsBuildInfoFile: undefined,
  noEmit: true,
  paths: {
    'pulsegate/uma': ['./src/uma/index.ts'],
    'pulsegate/uma-client': ['./src/client/uma-client/index.ts'],
    'pulsegate/authorization-server': ['./src/apps/embedded-authorization-server.ts'],
    'pulsegate/testing': ['./src/testing/index.ts'],
  },
};

/** What the compiler has to say to files that are nowhere but here, each line beginning with the name of its file. */
function complaints(files: ReadonlyMap<string, string>): readonly string[] {
  const folder = resolve('docs/code');
  const virtual = new Map([...files].map(([name, code]) => [join(folder, name), code]));
  const { compilerOptions } = JSON.parse(readFileSync('tsconfig.json', 'utf8')) as { compilerOptions: object };
  const { options } = ts.convertCompilerOptionsFromJson({ ...compilerOptions, ...OURS }, resolve('.'));
  const real = ts.createCompilerHost(options);
  const program = ts.createProgram([...virtual.keys()], options, {
    ...real,
    directoryExists: (name) => name === folder || real.directoryExists?.(name) === true,
    fileExists: (name) => virtual.has(name) || real.fileExists(name),
    readFile: (name) => virtual.get(name) ?? real.readFile(name),
    getSourceFile: (name, language, ...rest) => {
      const code = virtual.get(name);
      return code === undefined
        ? real.getSourceFile(name, language, ...rest)
        : ts.createSourceFile(name, code, language);
    },
  });
  return [...virtual.keys()].flatMap((name) => {
    const source = program.getSourceFile(name);
    const found = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
    return found.map(
      ({ messageText }) => `${relative(folder, name)}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`,
    );
  });
}

describe('the code on the pages for developers', () => {
  it('compiles; and would not, if it were wrong', () => {
    const code = new Map([...blocksOf(GUARD), ...blocksOf(TESTING), ...Object.entries(WRITTEN_ELSEWHERE)]);
    expect(code.size).toBeGreaterThan(15);
    expect(complaints(code)).toEqual(["wrong.ts: Type 'number' is not assignable to type 'string'."]);
  });

  it('says of every block what file it is', () => {
    for (const page of [GUARD, TESTING]) {
      expect(blocksOf(page).size).toBe([...readFileSync(page, 'utf8').matchAll(/^```ts$/gm)].length);
    }
  });
});

/** The names in the first column of the table below a heading. */
function namesIn(page: string, heading: string): readonly string[] {
  const section = readFileSync(page, 'utf8').split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';
  const cells = [...section.matchAll(/^\| (`.+?) +\|/gm)].map(([, cell = '']) => cell);
  return cells.flatMap((cell) => [...cell.matchAll(/`(\w+)/g)].map(([, name = '']) => name));
}

describe('docs/guard.md', () => {
  it('has every option of the guard, and none too many', () => {
    const declared = readFileSync('src/uma/guard/uma-module-options.ts', 'utf8').split(
      'export interface UmaModuleOptions',
    )[1];
    const options = [...(declared ?? '').matchAll(/^ {2}readonly (\w+)/gm)].map(([, name = '']) => name);
    expect([...namesIn(GUARD, 'Options')].sort()).toEqual([...options, 'imports', 'providers'].sort());
  });
});

describe('docs/testing.md', () => {
  it('has every member of the fake authorization server, and none too many', () => {
    const source = readFileSync('src/testing/fake-authorization-server.ts', 'utf8').split('export class')[1] ?? '';
    const members = [...source.matchAll(/^ {2}(?:readonly |async |get )?(\w+)(?: = |: |\()/gm)].map(
      ([, name = '']) => name,
    );
    const own = members.filter((name) => name !== 'constructor');
    expect([...namesIn(TESTING, 'The fake authorization server')].sort()).toEqual([...new Set(own)].sort());
  });

  it('names everything that can be imported', () => {
    const page = readFileSync(TESTING, 'utf8');
    expect(Object.keys(kit).filter((name) => !page.includes(name))).toEqual([]);
  });
});
