import { useEffect, useState } from 'react';

import { clientApi, SignInNeeded, type ViewerSession } from './client-api.js';
import { Opener } from './opener.js';
import { SharedHeart } from './shared-heart.js';
import { SignIn } from './sign-in.js';

type Visitor = ViewerSession | 'loading' | 'unknown' | 'offline';

/** The whole page: who is signed in, what was opened, and the heart that is shared. */
export function Viewer() {
  const [visitor, setVisitor] = useState<Visitor>('loading');
  useEffect(() => {
    clientApi.session().then(setVisitor, (error: unknown) => {
      setVisitor(error instanceof SignInNeeded ? 'unknown' : 'offline');
    });
  }, []);
  return (
    <>
      {/* Addresses are relative to the document's base, so that a bare #content would leave the page. */}
      <a className="skip" href={`${location.pathname}${location.search}#content`}>
        Skip to the content
      </a>
      <header className="topbar">
        <a className="brand" href=".">
          <Heart /> Pulse Viewer
        </a>
        {typeof visitor === 'object' && (
          <div className="row">
            <span className="muted">{visitor.name}</span>
            <a href="logout">Sign out</a>
          </div>
        )}
      </header>
      <main id="content" className="wide">
        <Content visitor={visitor} />
      </main>
    </>
  );
}

function Content({ visitor }: { readonly visitor: Visitor }) {
  if (visitor === 'loading') return <p role="status">One moment…</p>;
  if (visitor === 'unknown') return <SignIn />;
  if (visitor === 'offline') return <Offline />;
  const resource = new URLSearchParams(location.search).get('resource');
  return resource === null ? <Opener /> : <SharedHeart resource={resource} csrfToken={visitor.csrfToken} />;
}

function Heart() {
  return (
    <svg viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d="M12 21s-7.6-4.6-9.8-9.3C.6 8.2 2.5 4 6.4 4c2.3 0 4 1.3 5.6 3.4C13.6 5.3 15.3 4 17.6 4c3.9 0 5.8 4.2 4.2 7.7C19.6 16.4 12 21 12 21z" />
    </svg>
  );
}

function Offline() {
  const loadAgain = () => {
    location.reload();
  };
  return (
    <section className="card" role="alert" data-status="offline">
      <h1>Pulse Viewer cannot be reached</h1>
      <p>Look whether you are online, then load the page again.</p>
      <div className="row">
        <button type="button" className="primary" onClick={loadAgain}>
          Load again
        </button>
      </div>
    </section>
  );
}
