import { type TokenEnding, TokenEndings } from './token-endings.js';

it('tells every listener of each ending, until it listens no more', () => {
  const endings = new TokenEndings();
  const [first, second]: [TokenEnding[], TokenEnding[]] = [[], []];
  const stop = endings.subscribe((ending) => first.push(ending));
  endings.subscribe((ending) => second.push(ending));
  const ending = { issuer: 'https://as.test', tokenId: 't1', kind: 'ended' } as const;
  endings.publish(ending);
  stop();
  endings.publish({ ...ending, tokenId: undefined });
  expect([first, second]).toEqual([[ending], [ending, { ...ending, tokenId: undefined }]]);
});
