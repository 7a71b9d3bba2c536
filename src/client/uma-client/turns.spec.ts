import { Turns } from './turns.js';

describe('turns', () => {
  it('are taken one after the other for one thing, whatever becomes of those before', async () => {
    const turns = new Turns();
    const order: string[] = [];
    const work = (name: string) => async () => {
      order.push(`${name} begins`);
      await Promise.resolve();
      order.push(`${name} ends`);
      if (name === 'first') throw new Error('failed');
      return name;
    };
    const [first, second] = [turns.run('key', work('first')), turns.run('key', work('second'))];
    await expect(first).rejects.toThrow('failed');
    await expect(second).resolves.toBe('second');
    expect(order).toEqual(['first begins', 'first ends', 'second begins', 'second ends']);
  });

  it('are not waited for by other things', async () => {
    const turns = new Turns();
    void turns.run('one', () => new Promise(() => undefined));
    await expect(turns.run('other', () => Promise.resolve('done'))).resolves.toBe('done');
  });
});
