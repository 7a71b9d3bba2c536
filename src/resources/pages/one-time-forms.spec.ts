import { MAX_REMEMBERED, OneTimeForms } from './one-time-forms.js';

describe('the one-time forms', () => {
  it('are done once in a session', async () => {
    const forms = new OneTimeForms();
    const done: string[] = [];
    const submit = (session: string, form: string): Promise<string | undefined> =>
      forms.once(session, form, () => {
        done.push(`${session} ${form}`);
        return Promise.resolve('done');
      });
    expect(await Promise.all([submit('alice', '1'), submit('alice', '1')])).toEqual(['done', undefined]);
    expect(await submit('alice', '1')).toBeUndefined();
    expect(await submit('alice', '2')).toBe('done');
    expect(await submit('bob', '1')).toBe('done');
    expect(done).toEqual(['alice 1', 'alice 2', 'bob 1']);
  });

  it('may be sent again when they failed', async () => {
    const forms = new OneTimeForms();
    await expect(forms.once('alice', '1', () => Promise.reject(new Error('away')))).rejects.toThrow('away');
    expect(await forms.once('alice', '1', () => Promise.resolve('done'))).toBe('done');
  });

  it('are remembered up to a number, the oldest forgotten first', async () => {
    const forms = new OneTimeForms();
    const submit = (form: string): Promise<string | undefined> =>
      forms.once('alice', form, () => Promise.resolve('done'));
    for (let form = 0; form <= MAX_REMEMBERED; form++) await submit(String(form));
    expect(await submit(String(MAX_REMEMBERED))).toBeUndefined();
    expect(await submit('1')).toBeUndefined();
    expect(await submit('0')).toBe('done');
  });
});
