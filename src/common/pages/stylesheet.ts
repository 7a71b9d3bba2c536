import { digest } from '../digest.js';

/**
 * The look of every page that a server writes: sign-in, consent, sharing, a resource server's and a client's own pages.
 * Pages carry no inline style, so that the content security policy can forbid it.
 */
export const STYLESHEET = `
:root {
  color-scheme: light dark;
  --ground: #f5f3f2; --surface: #ffffff; --raised: #faf8f7; --line: #dcd5d2; --line-strong: #8a7f7b;
  --ink: #221a18; --muted: #645955; --accent: #b3153f; --accent-hover: #8f0f31; --on-accent: #ffffff;
  --accent-soft: #fbe9ee; --good: #1b6b3a; --good-soft: #e5f4ea; --bad: #a3160f; --bad-soft: #fdebe9;
  --focus: #1a56c4; --radius: 0.75rem; --shadow: 0 1px 2px rgb(40 20 15 / 8%), 0 8px 28px rgb(40 20 15 / 8%);
  --font: system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", sans-serif;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #14100f; --surface: #1f1a19; --raised: #282220; --line: #403735; --line-strong: #978a86;
    --ink: #f4eeec; --muted: #b9aca8; --accent: #ff7d9c; --accent-hover: #ffa1b7; --on-accent: #2a0510;
    --accent-soft: #3c1a24; --good: #7fd6a0; --good-soft: #16301f; --bad: #ff9d94; --bad-soft: #3b1a17;
    --focus: #8db4ff; --shadow: 0 1px 2px rgb(0 0 0 / 40%), 0 10px 30px rgb(0 0 0 / 35%);
  }
}
*, *::before, *::after { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body {
  margin: 0; min-height: 100vh; display: flex; flex-direction: column; background: var(--ground); color: var(--ink);
  font: 1rem/1.55 var(--font); overflow-wrap: anywhere;
}
h1, h2, h3 { margin: 0; line-height: 1.25; letter-spacing: -0.011em; text-wrap: balance; }
h1 { font-size: 1.5rem; font-weight: 650; }
h2 { font-size: 1.125rem; font-weight: 650; }
h3 { font-size: 1rem; font-weight: 600; }
p, ul, ol, dl, table, form, fieldset { margin: 0; }
a { color: var(--accent); text-underline-offset: 0.18em; }
a:hover { color: var(--accent-hover); }
code { font: 0.92em/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
:focus-visible { outline: 3px solid var(--focus); outline-offset: 2px; }
.skip { position: absolute; left: -100vw; top: 0; padding: 0.5rem 1rem; background: var(--surface); }
.skip:focus { left: 0; z-index: 1; }
.topbar {
  display: flex; flex-wrap: wrap; align-items: center; justify-content: space-between; gap: 0.5rem 1.5rem;
  padding: 0.75rem clamp(1rem, 4vw, 2rem); background: var(--surface); border-bottom: 1px solid var(--line);
}
.brand { display: inline-flex; align-items: center; gap: 0.5rem; font-weight: 650; color: var(--ink); text-decoration: none; }
.brand svg { width: 1.35rem; height: 1.35rem; fill: var(--accent); }
main { flex: 1; width: 100%; margin: 0 auto; padding: clamp(1rem, 5vw, 3rem) clamp(0.75rem, 4vw, 2rem); }
main.narrow { max-width: 29rem; display: flex; flex-direction: column; justify-content: center; gap: 1.25rem; }
main.wide { max-width: 64rem; display: grid; grid-template-columns: minmax(0, 1fr); align-content: start; gap: 1.25rem; }
.card {
  display: grid; grid-template-columns: minmax(0, 1fr); gap: 1.25rem; padding: clamp(1.25rem, 5vw, 2rem);
  background: var(--surface);
  border: 1px solid var(--line); border-radius: var(--radius); box-shadow: var(--shadow);
}
.stack { display: grid; grid-template-columns: minmax(0, 1fr); gap: 1rem; }
.stack-tight { display: grid; grid-template-columns: minmax(0, 1fr); gap: 0.35rem; }
.row { display: flex; flex-wrap: wrap; align-items: center; gap: 0.75rem; }
.row.tight { gap: 0.1rem 0.35rem; }
.spread { display: flex; flex-wrap: wrap; align-items: baseline; justify-content: space-between; gap: 0.5rem 1rem; }
.muted { color: var(--muted); }
.small { font-size: 0.875rem; }
.figure { font-size: clamp(2.25rem, 9vw, 3.5rem); font-weight: 650; line-height: 1.1; font-variant-numeric: tabular-nums; }
.user-code {
  font: 650 clamp(1.6rem, 8vw, 2.25rem)/1.2 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace;
  letter-spacing: 0.04em; white-space: nowrap;
}
.field { display: grid; grid-template-columns: minmax(0, 1fr); gap: 0.35rem; }
.field label, legend { font-weight: 600; }
.field .hint { color: var(--muted); font-size: 0.875rem; }
input, select, textarea {
  width: 100%; min-height: 2.75rem; padding: 0.55rem 0.75rem; font: inherit; color: var(--ink);
  background: var(--surface); border: 1px solid var(--line-strong); border-radius: 0.5rem;
}
textarea.code { font: 0.92em/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
input[aria-invalid="true"] { border-color: var(--bad); }
input[type="checkbox"], input[type="radio"] {
  width: 1.25rem; min-height: 1.25rem; height: 1.25rem; margin: 0; flex: none; accent-color: var(--accent);
}
.choice { display: flex; align-items: center; gap: 0.6rem; min-height: 2.25rem; }
fieldset { display: grid; grid-template-columns: minmax(0, 1fr); gap: 0.5rem; padding: 0; border: 0; min-width: 0; }
button, .button {
  display: inline-flex; align-items: center; justify-content: center; max-width: 100%; min-height: 2.75rem; padding: 0.55rem 0.8rem;
  font: inherit; font-weight: 600; text-align: center; text-decoration: none; cursor: pointer; border-radius: 0.5rem;
  color: var(--ink); background: var(--surface); border: 1px solid var(--line-strong);
}
button:hover, .button:hover { color: var(--ink); background: var(--raised); }
button.primary, .button.primary { color: var(--on-accent); background: var(--accent); border-color: var(--accent); }
button.primary:hover, .button.primary:hover { color: var(--on-accent); background: var(--accent-hover); border-color: var(--accent-hover); }
button.danger { color: var(--bad); border-color: var(--bad); }
button.danger:hover { background: var(--bad-soft); }
button.link {
  min-height: 0; padding: 0; border: 0; background: none; color: var(--accent); font-weight: inherit;
  text-align: start; text-decoration: underline; text-underline-offset: 0.18em;
}
button.link:hover { color: var(--accent-hover); }
.actions { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(9rem, 100%), 1fr)); gap: 0.75rem; }
.actions > form, .actions > form > button, .actions > .button { display: flex; width: 100%; }
.alert, .notice { padding: 0.75rem 1rem; border-radius: 0.5rem; border-left: 4px solid var(--bad); background: var(--bad-soft); }
.alert { color: var(--bad); font-weight: 600; }
.notice { border-left-color: var(--good); background: var(--good-soft); }
.wishes { display: grid; gap: 0.6rem; padding: 0; list-style: none; }
.wishes li { display: grid; grid-template-columns: 1.35rem minmax(0, 1fr); gap: 0.6rem; align-items: start; }
.wishes svg { width: 1.15rem; height: 1.15rem; margin-top: 0.2rem; fill: none; stroke: var(--accent); stroke-width: 2.4; }
.tag {
  display: inline-block; padding: 0.1rem 0.6rem; border-radius: 99rem; font-size: 0.875rem; font-weight: 600;
  color: var(--accent); background: var(--accent-soft);
}
.tag.good { color: var(--good); background: var(--good-soft); }
.scroll { position: relative; overflow-x: auto; }
table { width: 100%; border-collapse: collapse; }
th, td { min-width: 6rem; padding: 0.65rem 0.75rem; text-align: left; vertical-align: top; border-bottom: 1px solid var(--line); }
th { font-size: 0.875rem; font-weight: 600; color: var(--muted); }
td button { overflow-wrap: normal; }
tr:last-child td { border-bottom: 0; }
dl { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: 0.35rem 1rem; }
dt { color: var(--muted); }
dd { margin: 0; }
details { padding-top: 0.75rem; border-top: 1px solid var(--line); }
summary { cursor: pointer; font-weight: 600; }
summary + * { margin-top: 1rem; }
footer { padding: 1rem clamp(0.75rem, 4vw, 2rem) 1.5rem; text-align: center; color: var(--muted); font-size: 0.875rem; }
.visually-hidden { position: absolute; width: 1px; height: 1px; margin: -1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
@media (prefers-reduced-motion: no-preference) { a, button, .button { transition: background-color 120ms, color 120ms, border-color 120ms; } }
@media (max-width: 40rem) {
  table, thead, tbody { display: block; }
  tr { display: flex; flex-wrap: wrap; align-items: center; gap: 0.25rem 1rem; padding: 0.65rem 0; border-bottom: 1px solid var(--line); }
  tbody tr:last-child { border-bottom: 0; }
  th, td { min-width: 0; padding: 0; border: 0; }
}
@media (max-width: 26rem) { dl { grid-template-columns: minmax(0, 1fr); } dd { margin-bottom: 0.35rem; } }
@media (forced-colors: active) { .card, .alert, .notice, .tag { border: 1px solid; } }
`.trim();

/** Where every process serves {@link STYLESHEET}, below its own address. */
export const STYLESHEET_PATH = '/assets/pulsegate.css';

/** Changes when the stylesheet changes, so that a browser may keep each version for ever. */
export const STYLESHEET_VERSION = digest(STYLESHEET).slice(0, 16);

/** How long an answer with the stylesheet may be kept: for ever when `version` was asked for and is the present one. */
export function stylesheetHeaders(version: string | undefined): Readonly<Record<string, string>> {
  const lasting = version === STYLESHEET_VERSION;
  return {
    'content-type': 'text/css; charset=utf-8',
    'cache-control': lasting ? 'public, max-age=31536000, immutable' : 'no-cache',
    etag: `"${STYLESHEET_VERSION}"`,
  };
}
