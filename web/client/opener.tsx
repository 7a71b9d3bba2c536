import { type SyntheticEvent, useState } from 'react';

import { Opened } from './opened.js';
import { openUrl, resourceOf } from './share-link.js';

/** Where a link is pasted, and what was opened before. */
export function Opener() {
  const [wrong, setWrong] = useState(false);
  const open = (event: SyntheticEvent<HTMLFormElement>) => {
    event.preventDefault();
    const resource = resourceOf(new FormData(event.currentTarget).get('link'));
    setWrong(resource === undefined);
    if (resource !== undefined) location.assign(openUrl(resource));
  };
  return (
    <>
      <section className="card">
        <h1>Open what was shared with you</h1>
        <form onSubmit={open} noValidate className="opener">
          <label htmlFor="link">The link you were given</label>
          <input
            id="link"
            name="link"
            type="url"
            inputMode="url"
            autoComplete="off"
            placeholder="https://"
            aria-invalid={wrong}
            aria-describedby="link-wrong"
          />
          <button type="submit" className="primary">
            Open
          </button>
          <p id="link-wrong" role="alert" className={wrong ? 'alert' : 'visually-hidden'}>
            {wrong && 'This is no such link. It begins with http and leads to somebody’s heart rate: paste all of it.'}
          </p>
        </form>
      </section>
      <Opened />
    </>
  );
}
