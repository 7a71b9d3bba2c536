import { SeenEvents } from './seen-events.js';

describe('SeenEvents', () => {
  it('knows an event again, and tells issuers apart', () => {
    const seen = new SeenEvents();
    expect(seen.has({ issuer: 'a', id: '1' })).toBe(false);
    seen.add({ issuer: 'a', id: '1' });
    expect(seen.has({ issuer: 'a', id: '1' })).toBe(true);
    expect(seen.has({ issuer: 'b', id: '1' })).toBe(false);
  });

  it('does not grow without bound: the oldest is forgotten', () => {
    const seen = new SeenEvents(2);
    for (const id of ['1', '2', '3']) seen.add({ issuer: 'a', id });
    expect(['2', '3', '1'].map((id) => seen.has({ issuer: 'a', id }))).toEqual([true, true, false]);
  });
});
