import type { UmaDecision } from '../uma/guard/uma-decision.js';
import { missedSinceMs, requireView, viewOf } from './view.js';

const NOTHING = { samples: false, live: false, buckets: 'none' };

describe('the view of a heart rate', () => {
  it.each([
    { scopes: [], view: NOTHING },
    { scopes: ['heart-rate:write'], view: NOTHING },
    { scopes: ['heart-rate:READ', 'heart-rate', 'hearthRate', ''], view: NOTHING },
    { scopes: ['heart-rate:read'], view: { samples: true, live: false, buckets: 'whole' } },
    { scopes: ['heart-rate:summary'], view: { samples: false, live: false, buckets: 'settled' } },
    { scopes: ['heart-rate:stream'], view: { samples: false, live: true, buckets: 'none' } },
    { scopes: ['heart-rate:summary', 'heart-rate:stream'], view: { samples: false, live: true, buckets: 'settled' } },
    { scopes: ['heart-rate:summary', 'heart-rate:read'], view: { samples: true, live: false, buckets: 'whole' } },
  ])('by $scopes is $view', ({ scopes, view }) => {
    expect(viewOf(scopes)).toEqual(view);
  });

  it('is all of it by the scope of the systems before, where that is set, and by no other', () => {
    expect(viewOf(['hearthRate'], 'hearthRate')).toEqual({ samples: true, live: true, buckets: 'whole' });
    expect(viewOf(['heart-rate:read', 'heart-rate:summary', 'heart-rate:stream'], 'hearthRate')).toEqual(NOTHING);
  });

  it('gives whoever comes back all that was missed where samples are open, else what came in since the token', () => {
    const since = (scopes: readonly string[], issuedMs?: number): number =>
      missedSinceMs({ scopes, ...(issuedMs !== undefined && { issuedMs }) } as UmaDecision);
    expect(since(['heart-rate:stream', 'heart-rate:read'], 7_000)).toBe(-Infinity);
    expect(since(['heart-rate:stream', 'heart-rate:summary'], 7_000)).toBe(7_000);
    expect(since(['heart-rate:stream'])).toBe(Infinity);
  });

  it('refuses with insufficient_scope what it does not have', () => {
    expect(() => {
      requireView(viewOf(['heart-rate:summary']).samples);
    }).toThrow(expect.objectContaining({ code: 'insufficient_scope', status: 403 }) as Error);
    expect(() => {
      requireView(viewOf(['heart-rate:read']).samples);
    }).not.toThrow();
  });
});
