import { useEffect, useState } from 'react';

import { clientApi, type OpenedView, SignInNeeded } from './client-api.js';
import { openUrl } from './share-link.js';
import { SignInLink } from './sign-in.js';

type Listing = readonly OpenedView[] | 'loading' | 'signed-out' | 'failed';

/** What was opened before, the newest first. */
export function Opened() {
  const [listing, setListing] = useState<Listing>('loading');
  useEffect(() => {
    clientApi.opened().then(setListing, (error: unknown) => {
      setListing(error instanceof SignInNeeded ? 'signed-out' : 'failed');
    });
  }, []);
  return (
    <section className="card" aria-labelledby="opened" aria-busy={listing === 'loading'}>
      <h2 id="opened">Opened before</h2>
      {typeof listing === 'object' ? <List opened={listing} /> : <Instead listing={listing} />}
    </section>
  );
}

function List({ opened }: { readonly opened: readonly OpenedView[] }) {
  if (opened.length === 0) return <p className="muted">Nothing yet. What you open stands here the next time.</p>;
  return (
    <ul className="opened">
      {opened.map(({ id, resource, openedAt }) => (
        <li key={id}>
          <a href={openUrl(resource)}>♥ Heart rate from {new URL(resource).host}</a>
          <span className="muted small">
            opened <time dateTime={openedAt}>{readable.format(new Date(openedAt))}</time>
          </span>
        </li>
      ))}
    </ul>
  );
}

function Instead({ listing }: { readonly listing: Exclude<Listing, readonly OpenedView[]> }) {
  if (listing === 'loading') return <p className="muted">One moment…</p>;
  if (listing === 'failed')
    return <p role="alert">The list cannot be loaded just now. Opening a link may still work.</p>;
  return (
    <>
      <p role="alert">Your session has ended.</p>
      <div className="row">
        <SignInLink label="Sign in again" />
      </div>
    </>
  );
}

const readable = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });
