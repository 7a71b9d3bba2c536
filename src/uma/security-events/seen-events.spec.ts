import { SeenEvents } from './seen-events.js';

describe('SeenEvents', () => {
  it('knows an event again, and tells issuers apart', () => {
    const seen = new SeenEvents();
    expect(seen.isNew({ issuer: 'a', id: '1' })).toBe(true);
    expect(seen.isNew({ issuer: 'a', id: '1' })).toBe(false);
    expect(seen.isNew({ issuer: 'b', id: '1' })).toBe(true);
  });

  it('does not grow without bound: the oldest is forgotten', () => {
    const seen = new SeenEvents(2);
    for (const id of ['1', '2', '3']) seen.isNew({ issuer: 'a', id });
    expect(['2', '3', '1'].map((id) => seen.isNew({ issuer: 'a', id }))).toEqual([false, false, true]);
  });
});
