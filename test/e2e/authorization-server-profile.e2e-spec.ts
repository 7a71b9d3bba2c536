import { readFileSync } from 'node:fs';

import { UmaWorld } from '../support/uma-world.js';

interface Choice {
  readonly id: string;
  readonly clauses: readonly string[];
  readonly value: unknown;
  readonly about: string;
}

/** A clause without the letter of its point, a threat without its name. */
const sectionOf = (clause: string): string => clause.replace(/-[a-z]$|(?<=^SEC-\d+):.*/, '');

describe('the profile of UMA that the authorization server implements', () => {
  let world: UmaWorld;
  let choices: readonly Choice[];

  beforeAll(async () => {
    world = await UmaWorld.start('sqlite', undefined, { partialGrants: 'never', rptLifetimeSeconds: 600 });
    const { body: metadata } = await world.call('GET', '/.well-known/uma2-configuration');
    const [address = ''] = metadata['uma_profiles_supported'] as string[];
    const { status, body } = await world.call('GET', address);
    expect(status).toBe(200);
    expect(body).toMatchObject({ profile: address, issuer: world.issuer });
    choices = body['choices'] as Choice[];
  });
  afterAll(() => world.close());

  it('answers each question once, and names the clauses that leave it open (GRANT-2-d, GRANT-4)', () => {
    expect(choices.length).toBeGreaterThan(40);
    expect(new Set(choices.map(({ id }) => id)).size).toBe(choices.length);
    for (const { id, clauses, about } of choices) {
      expect(id).toMatch(/^[a-z][a-z-]+$/);
      expect(clauses.length).toBeGreaterThan(0);
      expect(about).toMatch(/\.$/);
    }
  });

  it('tells what this very server is set to', () => {
    const values = Object.fromEntries(choices.map(({ id, value }) => [id, value]));
    expect(values).toMatchObject({
      'partial-grants': 'never',
      'rpt-lifetime-seconds': 600,
      'ticket-lifetime-seconds': 300,
    });
  });

  it('names only clauses that the protocol map has', () => {
    const rows = [...readFileSync('docs/protocol.md', 'utf8').matchAll(/^\| (.+?) +\|/gm)];
    const known = new Set(rows.flatMap(([, first = '']) => first.split(', ')).map(sectionOf));
    const unknown = choices.flatMap(({ clauses }) => clauses).filter((clause) => !known.has(sectionOf(clause)));
    expect(unknown).toEqual([]);
  });
});
