import type { ExecutionContext } from '@nestjs/common';

import { Secret } from '../../common/secret.js';
import { UmaRefusal } from '../guard/uma-refusal.js';
import type { Transmitter } from './transmitter.js';
import { TransmitterGuard } from './transmitter.guard.js';

describe('TransmitterGuard', () => {
  const one = { authorizationHeader: new Secret('Bearer one') } as Transmitter;
  const other = { authorizationHeader: new Secret('Bearer other') } as Transmitter;
  const guard = new TransmitterGuard({ all: () => [one, other], find: () => undefined });
  const headers: Record<string, string> = {};
  const call = (authorization?: string): ExecutionContext => {
    const reply = {
      header: (name: string, value: string) => Object.assign(reply, { [name]: (headers[name] = value) }),
    };
    const request = { headers: { ...(authorization !== undefined && { authorization }) } };
    return { switchToHttp: () => ({ getRequest: () => request, getResponse: () => reply }) } as never;
  };

  it('lets in who shows what an authorization server was told to show', () => {
    expect(['Bearer one', 'Bearer other'].map((shown) => guard.canActivate(call(shown)))).toEqual([true, true]);
  });

  it.each([undefined, '', 'Bearer', 'Bearer On', 'bearer one', 'Bearer one, Bearer other'])(
    'refuses %j in the words of RFC 8935',
    (shown) => {
      expect.assertions(3);
      try {
        guard.canActivate(call(shown));
      } catch (error) {
        expect(error).toBeInstanceOf(UmaRefusal);
        expect((error as UmaRefusal).toBody()).toMatchObject({ err: 'authentication_failed' });
        expect(headers['content-language']).toBe('en');
      }
    },
  );

  it('refuses everybody while nobody was registered with', () => {
    const closed = new TransmitterGuard({ all: () => [], find: () => undefined });
    expect(() => closed.canActivate(call(''))).toThrow(UmaRefusal);
  });
});
