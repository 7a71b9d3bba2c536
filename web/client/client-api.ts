/** One heartbeat as the viewer draws it: time in RFC 3339, beats per minute. */
export interface Sample {
  readonly recordedAt: string;
  readonly heartRate: number;
}

/** How an attempt to see something ended; each has its own sentence on the page. */
export type AccessState =
  | 'granted'
  | 'denied'
  | 'owner-must-agree'
  | 'need-info'
  | 'not-found'
  | 'not-trusted'
  | 'authorization-server-unreachable'
  | 'resource-server-unreachable'
  | 'failed';

/** Something that was opened by a link. */
export interface Access {
  readonly id: string;
  readonly resource: string;
  readonly state: AccessState;
  /** What the owner's server wants to know, in its own words, where the state is `need-info`. */
  readonly wanted?: readonly string[];
}

/** Who is signed in. */
export interface SignedIn {
  readonly name: string;
  readonly csrfToken: string;
}

/** The page's own server cannot be reached, or answered something else than expected. */
export class ClientUnreachable extends Error {}

/** Nobody is signed in, or the session has ended. */
export class SignInNeeded extends Error {}

async function call<Answer>(path: string, init: RequestInit = {}): Promise<Answer> {
  const headers = { accept: 'application/json', ...(init.headers as Record<string, string> | undefined) };
  const response = await fetch(path, { ...init, headers, signal: AbortSignal.timeout(15_000) }).catch(() => {
    throw new ClientUnreachable();
  });
  if (response.status === 401) throw new SignInNeeded();
  if (!response.ok) throw new ClientUnreachable();
  return (await response.json()) as Answer;
}

/** What the viewer asks its own server for. The tokens stay there: none ever reaches this page. */
export const clientApi = {
  session: () => call<SignedIn>('/api/session'),
  opened: () => call<readonly Access[]>('/api/access'),
  open: (resource: string, csrfToken: string) =>
    call<Access>('/api/access', {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-csrf-token': csrfToken },
      body: JSON.stringify({ resource }),
    }),
  latest: (id: string) => call<Access & { readonly latest?: Sample }>(`/api/access/${id}/latest`),
  history: (id: string, fromMs: number) =>
    call<Access & { readonly samples?: readonly Sample[] }>(
      `/api/access/${id}/heart-rate?from=${encodeURIComponent(new Date(fromMs).toISOString())}`,
    ),
};
