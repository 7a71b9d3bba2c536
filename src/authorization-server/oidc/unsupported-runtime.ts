const UNSUPPORTED = 'oidc-provider WARNING: Unsupported runtime';
const { warn } = console;

// The package says this on Node 20, our tested floor: every suite of ours runs there, so it would only alarm people.
console.warn = (...words: unknown[]) => {
  if (!String(words[0]).includes(UNSUPPORTED)) warn(...words);
};

/** Ends the silence; called as soon as the package is loaded. */
export function speakAgain(): void {
  console.warn = warn;
}
