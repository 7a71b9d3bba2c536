export * from './authorization-process.js';
export * from './memory-pct-store.js';
export * from './memory-rpt-store.js';
export * from './pct-store.js';
export { rptFor } from './rpt-choice.js';
export * from './rpt-store.js';
export * from './uma-answer.js';
export * from './uma-client.js';
export * from './uma-client-options.js';
