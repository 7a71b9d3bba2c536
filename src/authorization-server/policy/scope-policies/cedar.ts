/** Cedar's own evaluator, compiled to WebAssembly. */
export type Cedar = typeof import('@cedar-policy/cedar-wasm/nodejs');

let loading: Promise<Cedar> | undefined;

/** Loads the evaluator when it is first needed: it takes as long as half a start, and many servers have no policy. */
export function loadCedar(): Promise<Cedar> {
  return (loading ??= import('@cedar-policy/cedar-wasm/nodejs'));
}
