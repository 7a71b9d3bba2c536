import type { ServerResponse } from 'node:http';

/** What a fake authorization server serves; `discovery` is every document that was published or placed. */
export type FakeEndpoint =
  'discovery' | 'registration' | 'permission' | 'introspection' | 'token' | 'keys' | 'events' | 'streams';

/**
 * An answer that a test prepares in place of the right one; `hang` never answers, and a function answers by itself: slowly,
 * half, or not at all.
 */
export type PreparedAnswer =
  | 'hang'
  | ((response: ServerResponse) => void)
  | { readonly status: number; readonly body?: unknown; readonly text?: string };
