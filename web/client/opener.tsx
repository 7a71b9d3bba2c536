import { useEffect, useState } from 'react';

import { clientApi, type Access } from './client-api.js';

/** Where a link is pasted, and what was opened before. */
export function Opener() {
  const [opened, setOpened] = useState<readonly Access[]>([]);
  const [wrong, setWrong] = useState(false);
  useEffect(() => {
    clientApi.opened().then(setOpened, () => undefined);
  }, []);

  const open = (form: FormData) => {
    const resource = resourceOf(form.get('link'));
    if (resource === undefined) setWrong(true);
    else location.assign(openUrl(resource));
  };

  return (
    <section className="card">
      <h1>Open what was shared with you</h1>
      <form action={open} className="opener">
        <label htmlFor="link">The link you were given</label>
        <input id="link" name="link" type="url" required aria-invalid={wrong} aria-describedby="link-wrong" />
        <button className="primary">Open</button>
      </form>
      <p id="link-wrong" role="alert" className="small">
        {wrong && 'This is not such a link: it should begin with http and lead to somebody’s heart rate.'}
      </p>
      {opened.length > 0 && (
        <>
          <h2>Shared with me</h2>
          <ul>
            {opened.map(({ id, resource }) => (
              <li key={id}>
                <a href={openUrl(resource)}>♥ Heart rate at {new URL(resource).host}</a>
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}

const openUrl = (resource: string): string => `/open?resource=${encodeURIComponent(resource)}`;

/** The resource behind pasted text: a share link of any viewer, or the resource's own address. */
function resourceOf(pasted: FormDataEntryValue | null): string | undefined {
  if (typeof pasted !== 'string' || !URL.canParse(pasted.trim())) return undefined;
  const url = new URL(pasted.trim());
  const resource = url.searchParams.get('resource') ?? url.href;
  return /^https?:/.test(resource) && URL.canParse(resource) ? resource : undefined;
}
