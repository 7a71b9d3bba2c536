import { header, member } from '../../http/answer.js';
import { exchange } from '../../http/exchange.js';
import { check, type ConformanceCase, Skipped } from '../../suite/conformance-case.js';
import { UMA_GRANT } from '../../world/client.js';
import { metadataUrl } from '../../world/metadata.js';
import type { World } from '../../world/world.js';

const REQUIRED = ['token_endpoint', 'permission_endpoint', 'resource_registration_endpoint', 'introspection_endpoint'];
const LOOPBACK = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

/** UMA 2.0 Grant section 2, Federated Authorization section 2, RFC 8414. */
export const discoveryCases: readonly ConformanceCase<World>[] = [
  {
    id: 'T01.1',
    level: 'P0',
    title: 'the metadata stand at the issuer with /.well-known/uma2-configuration appended, and name that very issuer',
    clauses: ['GRANT-2-a', 'GRANT-2-b', 'RFC 8414 3.3'],
    async run({ metadata: { issuer } }) {
      const answer = await exchange('GET', metadataUrl(issuer));
      check(answer.status === 200, `The document answers ${answer.status}.`);
      check(/^application\/json\b/i.test(header(answer, 'content-type')), 'The document is not application/json.');
      check(member(answer, 'issuer') === issuer, 'The document names another issuer than the one it was fetched for.');
    },
  },
  {
    id: 'T01.2',
    level: 'P0',
    title: 'the metadata name every endpoint of the grant and of the protection API, each secured',
    clauses: ['FED-2-a', 'FED-1.5-b', 'FED-2-b', 'FED-1.3-a'],
    async run({ metadata: { issuer } }) {
      const answer = await exchange('GET', metadataUrl(issuer));
      for (const name of [...REQUIRED, 'claims_interaction_endpoint']) {
        const endpoint = member(answer, name);
        if (endpoint === undefined && !REQUIRED.includes(name)) continue;
        check(typeof endpoint === 'string' && URL.canParse(endpoint), `${name} is missing or no URL.`);
        const { protocol, hostname } = new URL(endpoint);
        check(protocol === 'https:' || LOOPBACK.test(hostname), `${name} is neither https nor on loopback.`);
      }
    },
  },
  {
    id: 'T01.3',
    level: 'P0',
    title: 'the metadata list the grant type of UMA among grant_types_supported',
    clauses: ['GRANT-2-a'],
    async run({ metadata: { issuer } }) {
      const types = member(await exchange('GET', metadataUrl(issuer)), 'grant_types_supported');
      check(Array.isArray(types) && types.includes(UMA_GRANT), 'grant_types_supported does not hold the UMA grant.');
    },
  },
  {
    id: 'T02',
    level: 'P2',
    title: 'where the issuer has a path, the same metadata also stand at the inserted forms of RFC 8414',
    clauses: ['GRANT-2-b', 'RFC 8414 3.1'],
    async run({ metadata: { issuer } }) {
      const { origin, pathname } = new URL(issuer);
      if (pathname === '/') throw new Skipped('The issuer has no path.');
      for (const name of ['uma2-configuration', 'oauth-authorization-server']) {
        const answer = await exchange('GET', `${origin}/.well-known/${name}${pathname}`);
        check(member(answer, 'issuer') === issuer, `The inserted form of ${name} answers ${answer.status}.`);
      }
    },
  },
];
