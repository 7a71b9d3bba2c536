import { useEffect, useState } from 'react';

import { Opener } from './opener.js';
import { SharedHeart } from './shared-heart.js';
import { clientApi, SignInNeeded, type SignedIn } from './client-api.js';

type Visitor = SignedIn | 'loading' | 'unknown' | 'offline';

/** The whole page: who is signed in, what was opened, and the heart that is shared. */
export function Viewer() {
  const [visitor, setVisitor] = useState<Visitor>('loading');
  useEffect(() => {
    clientApi.session().then(setVisitor, (error: unknown) => {
      setVisitor(error instanceof SignInNeeded ? 'unknown' : 'offline');
    });
  }, []);
  const resource = new URLSearchParams(location.search).get('resource');

  return (
    <>
      <header className="topbar">
        <a className="brand" href="/">
          <Heart /> Pulse Viewer
        </a>
        {typeof visitor === 'object' && <Account visitor={visitor} />}
      </header>
      <main className="wide">
        {visitor === 'loading' && <p role="status">One moment…</p>}
        {visitor === 'offline' && <Offline />}
        {visitor === 'unknown' && <SignIn />}
        {typeof visitor === 'object' &&
          (resource === null ? <Opener /> : <SharedHeart resource={resource} csrfToken={visitor.csrfToken} />)}
      </main>
    </>
  );
}

function Heart() {
  return (
    <svg viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d="M12 21s-7.6-4.6-9.8-9.3C.6 8.2 2.5 4 6.4 4c2.3 0 4 1.3 5.6 3.4C13.6 5.3 15.3 4 17.6 4c3.9 0 5.8 4.2 4.2 7.7C19.6 16.4 12 21 12 21z" />
    </svg>
  );
}

function Account({ visitor }: { readonly visitor: SignedIn }) {
  return (
    <form method="post" action="/logout" className="row">
      <span>{visitor.name}</span>
      <input type="hidden" name="csrf_token" value={visitor.csrfToken} />
      <button className="link">Sign out</button>
    </form>
  );
}

function SignIn() {
  const returnTo = location.pathname + location.search;
  return (
    <section className="card">
      <h1>See the heart that somebody shares with you</h1>
      <p>Sign in first, so that the owner’s server knows who is asking.</p>
      <a className="button primary" href={`/login?returnTo=${encodeURIComponent(returnTo)}`}>
        Sign in
      </a>
    </section>
  );
}

function Offline() {
  return (
    <section className="card" role="alert">
      <h1>Pulse Viewer cannot be reached</h1>
      <p>Look whether you are online, then load the page again.</p>
      <button
        onClick={() => {
          location.reload();
        }}
      >
        Load again
      </button>
    </section>
  );
}
