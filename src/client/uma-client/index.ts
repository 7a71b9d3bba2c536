export * from './memory-rpt-store.js';
export * from './rpt-store.js';
export * from './uma-answer.js';
export * from './uma-client.js';
export * from './uma-client-options.js';
