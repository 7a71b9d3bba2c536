import { type ConformanceCase, Failed, Skipped } from './conformance-case.js';
import { runCases, skipAll } from './runner.js';

type Run = (world: string) => Promise<void>;

const a = (id: string, run: Run): ConformanceCase<string> => {
  return { id, level: 'P0', title: `${id} holds`, clauses: ['GRANT-5.5-a'], run };
};
const statusesOf = async (...runs: readonly Run[]) => {
  const reports = await runCases(
    runs.map((run, index) => a(`T0${index + 1}`, run)),
    'world',
    { sideBySide: 2, longestCaseMs: 20 },
  );
  return reports.map(({ id, status, detail }) => [id, status, detail]);
};

describe('running conformance cases', () => {
  it('passes a case that comes to its end, and gives it the world', async () => {
    const run = jest.fn<Promise<void>, [string]>().mockResolvedValue();
    expect(await statusesOf(run)).toEqual([['T01', 'pass', '']]);
    expect(run).toHaveBeenCalledWith('world');
  });

  it('tells why a case failed or was skipped', async () => {
    const failing: Run = () => Promise.reject(new Failed('It answered 200.'));
    const skipping: Run = () => Promise.reject(new Skipped('There is no such endpoint.'));
    const failingAtOnce: Run = () => {
      throw new Failed('It answered 404.');
    };
    expect(await statusesOf(failing, skipping, failingAtOnce)).toEqual([
      ['T01', 'fail', 'It answered 200.'],
      ['T02', 'skip', 'There is no such endpoint.'],
      ['T03', 'fail', 'It answered 404.'],
    ]);
  });

  it('fails a case that breaks off, and lets no secret out with the reason', async () => {
    const cause = Object.assign(new Error('secret'), { code: 'ECONNREFUSED' });
    const breaking: Run = () => Promise.reject(new TypeError('no https://as.test/x?ticket=t', { cause }));
    const strange: Run = () => Promise.reject(new AggregateError([], ''));
    expect(await statusesOf(breaking, strange)).toEqual([
      ['T01', 'fail', 'The case broke off: TypeError: no https://as.test/x (ECONNREFUSED)'],
      ['T02', 'fail', 'The case broke off: AggregateError: '],
    ]);
  });

  it('fails a case that hangs', async () => {
    const hanging: Run = () => new Promise(() => undefined);
    expect(await statusesOf(hanging)).toEqual([['T01', 'fail', 'The case did not come to an end within 0.02 s.']]);
  });

  it('runs cases side by side and reports them in their order', async () => {
    let release: () => void = () => undefined;
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    const ended: string[] = [];
    const cases = [
      a('T01', () => released),
      a('T02', () => {
        release();
        return Promise.resolve();
      }),
    ];
    const onEnd = ({ id }: { id: string }) => void ended.push(id);
    const reports = await runCases(cases, 'world', { sideBySide: 2, onEnd });
    expect(reports.map(({ id }) => id)).toEqual(['T01', 'T02']);
    expect(ended).toEqual(expect.arrayContaining(['T01', 'T02']));
  });

  it('reports cases that cannot be run at all as skipped', () => {
    expect(skipAll([a('T33', () => Promise.resolve())], 'It was not started.')).toEqual([
      expect.objectContaining({ id: 'T33', level: 'P0', status: 'skip', detail: 'It was not started.' }),
    ]);
  });
});
