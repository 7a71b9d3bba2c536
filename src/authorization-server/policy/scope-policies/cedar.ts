import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { compileFunction } from 'node:vm';

/** Cedar's own evaluator, compiled to WebAssembly. */
export type Cedar = typeof import('@cedar-policy/cedar-wasm/nodejs');

/** What WebAssembly throws when it went wrong inside; other errors are Cedar's, which goes on after them. */
const BREAKDOWNS: ReadonlySet<unknown> = new Set(['RuntimeError', 'RangeError']);

type LoadModule = (exports: Cedar, require: NodeJS.Require, directory: string) => void;

let current: Cedar | undefined;

/**
 * Works with the evaluator, loaded when it is first needed: it takes as long as half a start, and many servers have no
 * policy. One that broke down answers nothing any more, so the next work gets a fresh one.
 *
 * @throws what the work throws
 */
export function withCedar<Result>(work: (cedar: Cedar) => Result): Result {
  const cedar = (current ??= freshCedar());
  try {
    return work(cedar);
  } catch (error) {
    if (isBreakdown(error)) current = undefined;
    throw error;
  }
}

/** Whether an error is of an evaluator that broke down. */
export function isBreakdown(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'name' in error && BREAKDOWNS.has(error.name);
}

/** The package makes one evaluator when it is loaded, and Node.js loads a package once; so its text is run again. */
function freshCedar(): Cedar {
  const require = createRequire(import.meta.filename);
  const path = require.resolve('@cedar-policy/cedar-wasm/nodejs');
  const names = ['exports', 'require', '__dirname'];
  const load = compileFunction(readFileSync(path, 'utf8'), names, { filename: path }) as LoadModule;
  const exports = {} as Cedar;
  load(exports, require, dirname(path));
  return exports;
}
