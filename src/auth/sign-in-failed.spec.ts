import { UmaError } from '../uma/protocol/uma-error.js';
import { SignInFailed, towards } from './sign-in-failed.js';

describe('towards', () => {
  it('gives what the step gives', async () => {
    expect(await towards('/open', () => Promise.resolve('done'))).toBe('done');
  });

  it('keeps where the sign-in was to lead when the step is refused, and the refusal as it was', async () => {
    const refusal = new UmaError('access_denied', 'The sign-in was cancelled.', { interval: 5 });
    const failure: unknown = await towards('/open', () => Promise.reject(refusal)).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(SignInFailed);
    expect(failure).toMatchObject({ returnTo: '/open', status: 403, cause: refusal });
    expect((failure as SignInFailed).toBody()).toEqual(refusal.toBody());
  });

  it('leaves a fault of our own as it is', async () => {
    const fault = new TypeError('broken');
    await expect(towards('/open', () => Promise.reject(fault))).rejects.toBe(fault);
  });
});
