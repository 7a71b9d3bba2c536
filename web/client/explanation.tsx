import type { Status } from './shared-heart-watch.js';
import { SignInLink } from './sign-in.js';

interface Words {
  readonly title: string;
  readonly text: string;
  /** The one thing to press; without it there is nothing to press. */
  readonly action?: { readonly label: string; readonly signsIn?: boolean };
}

const WORDS: Readonly<Record<Exclude<Status, 'granted'>, Words>> = {
  asking: { title: 'Asking the owner’s server…', text: 'It looks whether this is shared with you.' },
  denied: {
    title: 'This is not shared with you',
    text: 'Ask the owner to share it with you, then try again.',
    action: { label: 'Try again' },
  },
  ended: {
    title: 'Sharing ended',
    text: 'The owner no longer shares this with you. If you think that is a mistake, ask them.',
    action: { label: 'Try again' },
  },
  'owner-must-agree': {
    title: 'The owner was asked',
    text: 'As soon as they agree you will see it here; you may leave this page open.',
  },
  'need-info': {
    title: 'The owner’s server needs to know more about you',
    text: 'Sign in again, so that it learns who is asking. If that does not help, tell the owner.',
    action: { label: 'Sign in again', signsIn: true },
  },
  'sign-in': {
    title: 'You are signed out',
    text: 'Your session has ended. Sign in again to go on watching.',
    action: { label: 'Sign in again', signsIn: true },
  },
  'not-found': {
    title: 'There is nothing behind this link',
    text: 'It may be mistyped, or what it led to was taken away. Ask the owner for a new link.',
  },
  'not-trusted': {
    title: 'This link leads to a server that Pulse Viewer does not work with',
    text: 'Nothing about you was sent there. If you trust it, ask whoever runs Pulse Viewer to add it.',
  },
  'authorization-server-unreachable': {
    title: 'The server that decides about sharing cannot be reached',
    text: 'Trying again every 5 seconds. There is nothing you need to do.',
    action: { label: 'Try now' },
  },
  'resource-server-unreachable': {
    title: 'The server that keeps the heart rate cannot be reached',
    text: 'Trying again every 5 seconds. There is nothing you need to do.',
    action: { label: 'Try now' },
  },
  offline: {
    title: 'Pulse Viewer cannot be reached',
    text: 'Look whether you are online. Trying again every 5 seconds.',
    action: { label: 'Try now' },
  },
  failed: {
    title: 'The servers did not understand each other',
    text: 'This is not your fault. Try again; if it stays so, tell whoever runs Pulse Viewer.',
    action: { label: 'Try again' },
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
  return (
    <section className="card" role="status" data-status={props.status}>
      <h1>
        {title}
        {props.endedAt !== undefined && ` at ${hourAndMinute.format(props.endedAt)}`}
      </h1>
      <p>{text}</p>
      {props.wanted.length > 0 && <Wanted claims={props.wanted} />}
      {action !== undefined && (
        <div className="row">
          {action.signsIn === true ? (
            <SignInLink label={action.label} />
          ) : (
            <button type="button" className="primary" onClick={props.retry}>
              {action.label}
            </button>
          )}
        </div>
      )}
    </section>
  );
}

const hourAndMinute = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });

function Wanted({ claims }: { readonly claims: readonly string[] }) {
  return (
    <div className="stack-tight">
      <p>It asks for:</p>
      <ul>
        {claims.map((claim) => (
          <li key={claim}>{claim}</li>
        ))}
      </ul>
    </div>
  );
}
