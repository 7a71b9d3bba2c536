import type { Socket } from 'socket.io';

import { holdBack } from './hold-back.js';

describe('holdBack', () => {
  const socketOver = (socket: object | undefined): Pick<Socket, 'conn'> =>
    ({ conn: { transport: { socket } } }) as unknown as Pick<Socket, 'conn'>;

  it('reads nothing more of a socket for two seconds, however often it is told to', () => {
    jest.useFakeTimers();
    const done: string[] = [];
    const webSocket = {
      isPaused: false,
      pause(): void {
        this.isPaused = true;
        done.push('pause');
      },
      resume(): void {
        this.isPaused = false;
        done.push('resume');
      },
    };
    holdBack(socketOver(webSocket));
    holdBack(socketOver(webSocket));
    jest.advanceTimersByTime(1_999);
    expect(done).toEqual(['pause']);
    jest.advanceTimersByTime(1);
    expect(done).toEqual(['pause', 'resume']);
    holdBack(socketOver(webSocket));
    expect(done).toEqual(['pause', 'resume', 'pause']);
    jest.useRealTimers();
  });

  it('leaves alone what cannot be held back, as long polling', () => {
    expect(() => {
      holdBack(socketOver(undefined));
      holdBack(socketOver({ isPaused: false }));
    }).not.toThrow();
  });
});
