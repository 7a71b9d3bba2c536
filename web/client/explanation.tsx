import type { Status } from './shared-heart-watch.js';

interface Words {
  readonly title: string;
  readonly text: string;
  /** What the button says; without it there is nothing to press. */
  readonly action?: string;
}

const WORDS: Readonly<Record<Exclude<Status, 'granted'>, Words>> = {
  asking: { title: 'Asking the owner’s server…', text: 'It looks whether this is shared with you.' },
  denied: {
    title: 'This is not shared with you',
    text: 'Ask the owner to share it with you, then try again.',
    action: 'Try again',
  },
  ended: {
    title: 'Sharing ended',
    text: 'The owner no longer shares this with you. If you think that is a mistake, ask them.',
    action: 'Try again',
  },
  'owner-must-agree': {
    title: 'The owner was asked',
    text: 'As soon as they agree you will see it here; you may leave this page open.',
  },
  'need-info': {
    title: 'The owner’s server needs to know more about you',
    text: 'Sign in again, so that it learns who is asking.',
    action: 'Sign in again',
  },
  'sign-in': { title: 'You were signed out', text: 'Sign in again to go on watching.', action: 'Sign in again' },
  'not-found': {
    title: 'There is nothing behind this link',
    text: 'It may be mistyped, or what it led to was taken away. Ask the owner for a new link.',
  },
  'not-trusted': {
    title: 'This link leads to a server that Pulse Viewer does not work with',
    text: 'Nothing was sent there. If you trust it, ask whoever runs Pulse Viewer to add it.',
  },
  'authorization-server-unreachable': {
    title: 'The server that decides about sharing cannot be reached',
    text: 'Trying again every 5 seconds. There is nothing you need to do.',
    action: 'Try now',
  },
  'resource-server-unreachable': {
    title: 'The server that keeps the heart rate cannot be reached',
    text: 'Trying again every 5 seconds. There is nothing you need to do.',
    action: 'Try now',
  },
  offline: {
    title: 'Pulse Viewer cannot be reached',
    text: 'Look whether you are online. Trying again every 5 seconds.',
    action: 'Try now',
  },
  failed: {
    title: 'The servers did not understand each other',
    text: 'This is not your fault. Try again; if it stays so, tell whoever runs Pulse Viewer.',
    action: 'Try again',
  },
};

/** Says why there is nothing to see, and the one thing that can be done about it. */
export function Explanation(props: {
  readonly status: Exclude<Status, 'granted'>;
  readonly wanted: readonly string[];
  readonly endedAt?: Date | undefined;
  readonly retry: () => void;
}) {
  const { title, text, action } = WORDS[props.status];
  const signsIn = props.status === 'need-info' || props.status === 'sign-in';
  const returnTo = encodeURIComponent(location.pathname + location.search);
  return (
    <section className="card" data-testid={props.status} aria-live="polite">
      <h1>
        {title}
        {props.status === 'ended' && props.endedAt !== undefined && ` at ${props.endedAt.toLocaleTimeString()}`}
      </h1>
      <p>{text}</p>
      {props.wanted.length > 0 && (
        <ul>
          {props.wanted.map((claim) => (
            <li key={claim}>{claim}</li>
          ))}
        </ul>
      )}
      {action !== undefined &&
        (signsIn ? (
          <a className="button primary" href={`/login?returnTo=${returnTo}`}>
            {action}
          </a>
        ) : (
          <button className="primary" onClick={props.retry}>
            {action}
          </button>
        ))}
    </section>
  );
}
