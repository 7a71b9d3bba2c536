import { Response } from 'undici';

import { Secret } from '../common/secret.js';
import { type Ending, logEnding } from './flow-ending.js';

const RESOURCE = 'https://rs.example/resources/hush-hush?handle=hush-hush';
const authorizationServer = 'https://as.example/tenant';
const PROCESS = { authorizationServer, ticket: new Secret('hush-hush'), pushed: [] };
const PLACES = 'resource server https://rs.example, authorization server https://as.example';

function linesOf(ending: Ending): readonly string[] {
  const lines: string[] = [];
  const logger = {
    log: (line: string) => lines.push(`log: ${line}`),
    warn: (line: string) => lines.push(`warn: ${line}`),
  };
  logEnding(logger, RESOURCE, ending);
  return lines;
}

describe('a flow that ended with nothing to show is told to the operator', () => {
  it.each<[Ending, string]>([
    [{ kind: 'refused', authorizationServer, error: 'invalid_target' }, `refused (invalid_target); ${PLACES}`],
    [{ kind: 'rpt-refused', authorizationServer }, `rpt-refused; ${PLACES}`],
    [{ ...PROCESS, kind: 'need-info', claims: [], returnsIssuer: true }, `need-info; ${PLACES}`],
    [
      { kind: 'protocol-violation', violation: 'no-metadata', authorizationServer },
      `protocol-violation (no-metadata); ${PLACES}`,
    ],
    [
      { kind: 'authorization-server-unreachable', reportedBy: 'client', authorizationServer },
      `authorization-server-unreachable (reported by the client); ${PLACES}`,
    ],
    [
      { kind: 'untrusted', server: 'authorization-server', reason: 'Not one of ours.', authorizationServer },
      `untrusted (Not one of ours.); ${PLACES}`,
    ],
    [
      { kind: 'untrusted', server: 'authorization-server', reason: 'No URL.', authorizationServer: 'hush-hush' },
      'untrusted (No URL.); resource server https://rs.example, authorization server unknown',
    ],
    [{ kind: 'resource-server-unreachable' }, 'resource-server-unreachable; resource server https://rs.example'],
    [
      { kind: 'answered', response: new Response('hush-hush', { status: 500 }) },
      'answered (status 500); resource server https://rs.example',
    ],
    [
      {
        kind: 'answered',
        response: new Response('hush-hush', { status: 403 }),
        authorization: { authorizationServer, fresh: true },
      },
      `answered (status 403); ${PLACES}`,
    ],
    [{ kind: 'too-slow' }, 'too-slow; resource server https://rs.example'],
  ])('by one warning: %o', (ending, told) => {
    expect(linesOf(ending)).toEqual([`warn: A flow ended with nothing to show: ${told}`]);
  });

  it.each<[string, Ending]>([
    ['the owner’s no', { kind: 'denied', authorizationServer }],
    ['a question to the owner', { kind: 'submitted', ...PROCESS }],
    ['a link that leads nowhere', { kind: 'answered', response: new Response(null, { status: 404 }) }],
  ])('without alarm when that is everyday use: %s', (_what, ending) => {
    expect(linesOf(ending)).toEqual([expect.stringMatching(/^log: A flow ended with nothing to show: /)]);
  });
});
