import { inOrder } from './order.js';

describe('the order of cases', () => {
  it('is that of their numbers, whatever file they stand in, and their parts stay as they are', () => {
    const groups = [
      ['T33', 'T02.1', 'T02.2'],
      ['T32b.1', 'T10', 'T32.1'],
    ].map((ids) => ids.map((id) => ({ id })));
    expect(inOrder(...groups).map(({ id }) => id)).toEqual(['T02.1', 'T02.2', 'T10', 'T32.1', 'T32b.1', 'T33']);
  });
});
