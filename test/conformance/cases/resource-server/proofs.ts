import { ProofKey } from '../../identity/proof-key.js';
import { check, type ConformanceCase, Skipped } from '../../suite/conformance-case.js';
import type { ResourceServerWorld } from '../../world/resource-server-world.js';

type Case = ConformanceCase<ResourceServerWorld>;

const CLAUSES = ['RFC 9449 4.3', 'RFC 9449 7.1', 'GRANT-3.5-a', 'RS-12'];

/** A proof that proves something else, for a token that is bound to `key`. */
type WrongProof = (key: ProofKey, rpt: string, world: ResourceServerWorld) => Promise<string>;

const WRONG: readonly (readonly [part: string, what: string, proof: WrongProof])[] = [
  ['2', 'for another address', (key, rpt, { server }) => key.proof(server.url, rpt, { htu: `${server.url}/another` })],
  ['3', 'for another method', (key, rpt, { server }) => key.proof(server.url, rpt, { htm: 'DELETE' })],
  ['4', 'for another token', (key, _rpt, { server }) => key.proof(server.url, 'another')],
  ['5', 'of another key', async (_key, rpt, { server }) => (await ProofKey.make()).proof(server.url, rpt)],
];

/** T46: tokens that are bound to a key (RFC 9449). Whoever knows nothing of such must not let them in either. */
export const proofCases: readonly Case[] = [
  {
    id: 'T46.0',
    level: 'P2',
    title: 'a token that is bound to a key opens the resource with a proof of its holder',
    clauses: CLAUSES,
    async run(world) {
      await boundToken(world);
    },
  },
  {
    id: 'T46.1',
    level: 'P1',
    title: 'a token that is bound to a key opens nothing when it is merely borne',
    clauses: CLAUSES,
    async run(world) {
      const key = await ProofKey.make();
      world.expectRefusal(await world.read(tokenOf(key, world)), 'bearing a token that is bound to a key');
    },
  },
  ...WRONG.map(([part, what, wrong]): Case => ({
    id: `T46.${part}`,
    level: 'P1',
    title: `a token that is bound to a key opens nothing with a proof ${what}`,
    clauses: CLAUSES,
    async run(world) {
      const { key, rpt } = await boundToken(world);
      const answer = await world.prove(rpt, await wrong(key, rpt, world));
      world.expectRefusal(answer, 'reading with it');
    },
  })),
  {
    id: 'T46.6',
    level: 'P1',
    title: 'a proof that was used opens nothing a second time',
    clauses: ['RFC 9449 11.1', 'RS-12'],
    async run(world) {
      const { key, rpt } = await boundToken(world);
      const proof = await key.proof(world.server.url, rpt);
      world.expectContent(await world.prove(rpt, proof), 'reading with a proof');
      world.expectRefusal(await world.prove(rpt, proof), 'reading with the same proof again');
    },
  },
];

const tokenOf = (key: ProofKey, world: ResourceServerWorld): string =>
  world.token({ token_type: 'DPoP', cnf: { jkt: key.thumbprint }, permissions: [world.permission] });

/** A token that is bound to a key, whose holder was let in. @throws Skipped when the server takes no proofs */
async function boundToken(world: ResourceServerWorld): Promise<{ readonly key: ProofKey; readonly rpt: string }> {
  const key = await ProofKey.make();
  const rpt = tokenOf(key, world);
  const answer = await world.prove(rpt, await key.proof(world.server.url, rpt));
  if (answer.status === 401) throw new Skipped('The resource server takes no proofs of possession (DPoP).');
  check(answer.status === 200, `With a proof the call came to ${answer.status}.`);
  world.expectContent(answer, 'reading with a proof');
  return { key, rpt };
}
