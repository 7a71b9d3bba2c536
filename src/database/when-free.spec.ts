import { whenFree } from './when-free.js';

const busy = (code = 'SQLITE_BUSY'): Error => Object.assign(new Error('database is locked'), { code });

describe('whenFree', () => {
  it.each(['SQLITE_BUSY', 'SQLITE_BUSY_SNAPSHOT', 'SQLITE_BUSY_RECOVERY'])(
    'tries again after %s until the file is free',
    async (code) => {
      const outcomes = [
        () => Promise.reject(busy(code)),
        () => Promise.reject(busy(code)),
        () => Promise.resolve('done'),
      ];
      await expect(whenFree(async () => outcomes.shift()?.())).resolves.toBe('done');
      expect(outcomes).toEqual([]);
    },
  );

  it('lets other work go on while it waits', async () => {
    let free = false;
    setImmediate(() => {
      free = true;
    });
    const attempt = (): string => {
      if (free) return 'done';
      throw busy();
    };
    await expect(whenFree(attempt)).resolves.toBe('done');
  });

  it('gives up with the last error when patience is out', async () => {
    const error = busy();
    await expect(whenFree(() => Promise.reject(error), 0)).rejects.toBe(error);
  });

  it.each([new Error('disk full'), Object.assign(new Error('odd'), { code: 5 }), 'text', undefined, null])(
    'passes on any other failure at once: %p',
    async (failure) => {
      let attempts = 0;
      const attempt = (): Promise<never> => {
        attempts += 1;
        // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- what a driver throws is not ours to choose
        return Promise.reject(failure);
      };
      await expect(whenFree(attempt)).rejects.toBe(failure);
      expect(attempts).toBe(1);
    },
  );
});
