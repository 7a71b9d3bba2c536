export { MemoryRptStore } from './memory-rpt-store.js';
export { type RptKey, RptStore, type StoredRpt } from './rpt-store.js';
export type { Answered, Authorization, NeedInfo, ProtocolViolation, Submitted, UmaAnswer } from './uma-answer.js';
export { UmaClient } from './uma-client.js';
export type { RequestingParty, ResourceRequest, UmaClientOptions, UmaStep } from './uma-client-options.js';
