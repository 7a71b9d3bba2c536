import type { AccessView, OpenedView, ViewerSession } from '../../src/client/access-view.js';

export type {
  AccessState,
  AccessView,
  HeartRateSample,
  OpenedView,
  ViewerSession,
} from '../../src/client/access-view.js';

/** The page's own server cannot be reached, or answered something else than expected. */
export class ClientUnreachable extends Error {}

/** Nobody is signed in, the session has ended, or somebody else signed in meanwhile. */
export class SignInNeeded extends Error {}

/** What was opened is no link at all. */
export class NoLink extends Error {}

// Finishing the flow takes several servers; the page's own server gives up before this.
const PATIENCE_MS = 30_000;

async function call<Answer>(path: string, init: RequestInit = {}): Promise<Answer> {
  const headers = { accept: 'application/json', ...(init.headers as Record<string, string> | undefined) };
  const response = await fetch(path, { ...init, headers, signal: AbortSignal.timeout(PATIENCE_MS) }).catch(() => {
    throw new ClientUnreachable();
  });
  if (response.status === 401 || response.status === 403) throw new SignInNeeded();
  if (response.status === 400) throw new NoLink();
  if (!response.ok) throw new ClientUnreachable();
  return (await response.json()) as Answer;
}

const change = (path: string, csrfToken: string, body: object = {}): Promise<AccessView> =>
  call<AccessView>(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-csrf-token': csrfToken },
    body: JSON.stringify(body),
  });

/** What the viewer asks its own server for. The tokens stay there: none ever reaches this page. */
export const clientApi = {
  session: () => call<ViewerSession>('api/session'),
  opened: () => call<readonly OpenedView[]>('api/access'),
  /** @param again whether to ask the owner's server once more where its answer is remembered */
  open: (resource: string, csrfToken: string, again: boolean) =>
    change('api/access', csrfToken, { resource, ...(again && { again }) }),
  giveClaims: (id: string, csrfToken: string) => change(`api/access/${id}/claims`, csrfToken),
  cancel: (id: string, csrfToken: string) => change(`api/access/${id}/cancel`, csrfToken),
  latest: (id: string) => call<AccessView>(`api/access/${id}/latest`),
  history: (id: string, fromMs: number) =>
    call<AccessView>(`api/access/${id}/heart-rate?from=${encodeURIComponent(new Date(fromMs).toISOString())}`),
};
