import { SpentProofs } from './spent-proofs.js';

describe('SpentProofs', () => {
  it('lets a proof be used once', () => {
    const spent = new SpentProofs();
    expect([spent.spend('a', 0, 60), spent.spend('a', 1, 60), spent.spend('b', 1, 60)]).toEqual([true, false, true]);
  });

  it('remembers a proof for as long as it could be used again', () => {
    const spent = new SpentProofs();
    spent.spend('a', 0, 60);
    expect(spent.spend('a', 59, 120)).toBe(false);
    expect(spent.spend('a', 60, 120)).toBe(true);
  });

  it('takes no new proof while it can remember no more, rather than to let one be used twice', () => {
    const spent = new SpentProofs(2);
    expect(['a', 'b', 'c'].map((id) => spent.spend(id, 0, 60))).toEqual([true, true, false]);
    expect(spent.spend('c', 60, 120)).toBe(true);
  });
});
