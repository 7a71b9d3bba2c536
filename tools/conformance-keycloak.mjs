// `npm run conformance:keycloak`: gets, starts and sets up a real Keycloak, runs the conformance suite against it, and
// writes what came of it to docs/conformance-keycloak.md. Words after `--` go to the suite; `--version X` is ours.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { format, resolveConfig } from 'prettier';

import { KEYCLOAK_VERSION, provideKeycloak, startKeycloak } from './keycloak.mjs';

const PAGE = 'docs/conformance-keycloak.md';

const words = process.argv.slice(2);
const at = words.indexOf('--version');
const version = at < 0 ? KEYCLOAK_VERSION : words.splice(at, 2)[1];
if (!/^\d[\w.]*$/.test(version ?? '')) {
  process.stderr.write('--version needs the number of a version, such as 26.7.0.\n');
  process.exit(2);
}
const isWhole = !words.includes('--only');

const folder = mkdtempSync(join(tmpdir(), 'conformance-keycloak-'));
const [config, json, markdown] = ['config.json', 'verdicts.json', 'verdicts.md'].map((name) => join(folder, name));
let keycloak;
try {
  keycloak = await startKeycloak(await provideKeycloak(version));
  const issuer = `${keycloak.base}/realms/conformance`;
  writeFileSync(config, JSON.stringify({ issuer, admin: keycloak.admin }), { mode: 0o600 });
  const suite = ['--import', './tools/typescript.mjs', 'test/conformance/main.ts', '--as', issuer];
  const files = ['--driver', 'keycloak', '--config', config, '--json', json, '--markdown', markdown];
  const { status, signal, error } = spawnSync(process.execPath, [...suite, ...files, ...words], { stdio: 'inherit' });
  // 1 says that something failed, which is what the page is about; 2 that nothing was tested.
  if (status !== 0 && status !== 1) {
    throw new Error(`The suite could not be run: ${error?.message ?? signal ?? `exit status ${status}`}.`);
  }
  if (isWhole) await writePage(JSON.parse(readFileSync(json, 'utf8')), readFileSync(markdown, 'utf8'));
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
} finally {
  await keycloak?.stop();
  rmSync(folder, { recursive: true });
}

async function writePage(verdicts, table) {
  const of = (status, ...levels) =>
    verdicts.filter((verdict) => verdict.status === status && levels.includes(verdict.level)).length;
  const row = (level) => `| ${level} | ${of('pass', level)} | ${of('fail', level)} | ${of('skip', level)} |`;
  const text = `# Keycloak ${version} and UMA 2.0

Written by \`npm run conformance:keycloak\`, which ran the [conformance suite](conformance.md) against Keycloak ${version}
as it comes: \`start-dev\`, a new realm, nothing changed but what the driver has to set up. It says what the server did,
case by case; it is no verdict on what is worth having.

| level | passed | failed | skipped |
| --- | --- | --- | --- |
${['P0', 'P1', 'P2'].map(row).join('\n')}

Where a case is about something else, the driver goes Keycloak's own way, so that one deviation does not fail everything
behind it:

- a PAT is the owner's access token for the resource server's client, with its client role \`uma_protection\`, got by the
  password grant;
- a single permission is asked for in an array; T12 sends the object of the standard;
- tokens are introspected by the client \`rs1\` with \`token_type_hint=requesting_party_token\`; T38 and T39 use the PAT, as
  the standard has it;
- an owner's policies are set by \`uma-policy\`; resources are marked \`ownerManagedAccess\` for that.

Claim tokens are Keycloak's own ID tokens: it takes none of another issuer here. What it has no way to set up is skipped.

${table}
`;
  writeFileSync(PAGE, await format(text, { ...(await resolveConfig(PAGE)), filepath: PAGE }));
}
