import { type SamplesMessage, StreamCheck } from './stream-check.js';

const message = (id: number, ...seconds: readonly number[]): SamplesMessage => ({
  id: String(id),
  samples: seconds.map((second) => ({ recordedAt: new Date(second * 1000).toISOString() })),
});

describe('the check of a stream', () => {
  const checked = (...messages: readonly SamplesMessage[]): StreamCheck => {
    const check = new StreamCheck();
    for (const each of messages) check.take(each);
    return check;
  };

  it('counts samples that come once and in order, and tells when they were measured', () => {
    const check = new StreamCheck();
    expect(check.take(message(1, 10))).toEqual([10_000]);
    expect(check.take(message(3, 11, 12))).toEqual([11_000, 12_000]);
    expect(check).toMatchObject({ delivered: 3, dropped: 0, disordered: 0 });
  });

  it.each([
    ['a sample that comes twice', [message(1, 10), message(2, 10)]],
    ['a sample that comes after a later one', [message(1, 11), message(2, 10)]],
    ['a place that comes twice', [message(1, 10), message(1, 11)]],
    ['samples of a message in the wrong order', [message(2, 11, 10)]],
  ])('finds %s', (_what, messages) => {
    expect(checked(...messages).disordered).toBe(1);
  });

  it('counts what the server has left out', () => {
    expect(checked(message(1, 10), { ...message(9, 18), dropped: 7 })).toMatchObject({ dropped: 7, disordered: 0 });
  });
});
