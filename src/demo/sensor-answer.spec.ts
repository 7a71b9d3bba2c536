import { readAnswer } from './sensor-answer.js';

it('reads an acknowledgement, with what was refused and why', () => {
  const refusals = [{ index: 3, reason: 'value_out_of_range' }];
  expect(readAnswer({ stored: 2, duplicate: 1, refused: 1, refusals }, 4)).toEqual({
    stored: 2,
    duplicate: 1,
    refused: 1,
    refusals,
  });
});

it('reads an acknowledgement that lists no refusals, or lists them oddly', () => {
  const counts = { stored: 0, duplicate: 0, refused: 2 };
  expect(readAnswer(counts, 2)).toEqual({ ...counts, refusals: [] });
  expect(readAnswer({ ...counts, refusals: [null, { index: 'first' }, { index: 1 }] }, 2)).toEqual({
    ...counts,
    refusals: [{ index: 1, reason: '' }],
  });
});

it.each([
  [
    { error: 'slow_down', error_description: 'Wait for answers.' },
    { error: 'slow_down', description: 'Wait for answers.' },
  ],
  [{ error: 'slow_down' }, { error: 'slow_down', description: '' }],
])('reads a refusal of the whole message: %j', (answer, expected) => {
  expect(readAnswer(answer, 2)).toEqual(expected);
});

it.each([
  undefined,
  null,
  'ok',
  {},
  { stored: 1, duplicate: 0, refused: 0 },
  { stored: '2', duplicate: 0, refused: 0 },
  { stored: 3, duplicate: 0, refused: -1 },
  { stored: 1.5, duplicate: 0.5, refused: 0 },
])('takes %j for no answer to a message of two', (answer) => {
  expect(readAnswer(answer, 2)).toBeUndefined();
});
