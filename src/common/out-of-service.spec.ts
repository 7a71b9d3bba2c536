import { isOutOfService } from './out-of-service.js';

const coded = (code: unknown, cause?: unknown): Error => Object.assign(new Error('x', { cause }), { code });

describe('isOutOfService', () => {
  it.each(['ECONNREFUSED', 'ENOSPC', 'SQLITE_FULL', 'SQLITE_IOERR_WRITE', '08006', '53100', '57P01', '57P03', '58030'])(
    'knows %s',
    (code) => {
      expect(isOutOfService(coded(code))).toBe(true);
      expect(isOutOfService(coded(undefined, coded(code)))).toBe(true);
    },
  );

  it('knows what a broken connection to PostgreSQL is told as', () => {
    const words = ['Connection terminated unexpectedly', 'timeout exceeded when trying to connect'];
    expect(words.map((message) => isOutOfService(new Error(message)))).toEqual([true, true]);
  });

  it.each([
    coded('SQLITE_CONSTRAINT_UNIQUE'),
    coded('SQLITE_FULLY'),
    coded('23505'),
    coded('57014'),
    coded(53_100),
    new Error('The Connection terminated'),
    'ECONNREFUSED',
    undefined,
  ])('takes %p for a fault of ours', (error) => {
    expect(isOutOfService(error)).toBe(false);
  });
});
