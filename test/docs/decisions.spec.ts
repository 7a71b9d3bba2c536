import { readdirSync, readFileSync } from 'node:fs';

const FOLDER = 'docs/decisions';
const read = (file: string): string => readFileSync(`${FOLDER}/${file}`, 'utf8');
const files = readdirSync(FOLDER)
  .filter((file) => file !== 'README.md')
  .sort();

it('lists every decision by its number and title, in order, and no other', () => {
  const listed = [...read('README.md').matchAll(/^\| \[(\d{3})\]\(([^)]+)\) +\| (.+?) +\|$/gm)];
  expect(listed.map(([, number = '', file = '', title = '']) => [file, `${number} ${title}`.toLowerCase()])).toEqual(
    files.map((file) => [file, titleOf(file)]),
  );
});

it.each(files)('%s says what was chosen and instead of what, on half a page', (file) => {
  const text = read(file);
  expect(file.slice(0, 3)).toBe(titleOf(file).slice(0, 3));
  expect(text).toMatch(/^\*\*Chosen\.\*\* [^]*\*\*Instead of\*\*/m);
  expect(text.split('\n').length).toBeLessThan(25);
});

/** The heading, its code words as plain text. */
function titleOf(file: string): string {
  return (/^# (.+)$/m.exec(read(file))?.[1] ?? '').toLowerCase();
}
