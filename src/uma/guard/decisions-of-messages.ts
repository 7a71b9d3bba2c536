import type { ExecutionContext } from '@nestjs/common';

import type { UmaDecision } from './uma-decision.js';

const decisions = new WeakMap<object, readonly UmaDecision[]>();

/** Notes what was decided about an event of a socket. */
export function noteDecisions(context: ExecutionContext, decided: readonly UmaDecision[]): void {
  const key = keyOf(context);
  if (key !== undefined) decisions.set(key, decided);
}

/** What was decided about an event of a socket; `undefined` when nothing was. */
export function notedDecisions(context: ExecutionContext): readonly UmaDecision[] | undefined {
  const key = keyOf(context);
  return key === undefined ? undefined : decisions.get(key);
}

/** What belongs to this one event: its message, else the function that answers it. Everything else is the socket's. */
function keyOf(context: ExecutionContext): object | undefined {
  const [, ...ofEvent] = context.getArgs<unknown[]>();
  return ofEvent.find((part): part is object => Object(part) === part);
}
