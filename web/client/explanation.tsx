import type { Status } from './shared-heart-watch.js';
import { SignInLink } from './sign-in.js';

/** What a person can do about it. */
export interface Actions {
  /** Looks once more. */
  readonly retry: () => void;
  /** Asks the owner's server once more, even where its answer is known. */
  readonly askAgain: () => void;
  /** Goes to tell the owner's server what it wants to know. */
  readonly giveClaims: () => void;
  /** Waits for the owner no longer. */
  readonly cancel: () => void;
}

interface Words {
  readonly title: string;
  readonly text: string;
  /** The one thing to press; without it there is nothing to press. */
  readonly action?: { readonly label: string; readonly does: keyof Actions | 'sign-in' };
}

const WORDS: Readonly<Record<Exclude<Status, 'granted'>, Words>> = {
  asking: { title: 'Asking the owner’s server…', text: 'It looks whether this is shared with you.' },
  leaving: { title: 'Taking you to the owner’s server…', text: 'You come back here when you are done there.' },
  denied: {
    title: 'This is not shared with you',
    text: 'Only its owner can do that: talk to them. Trying again helps as soon as they share it with you.',
    action: { label: 'Try again', does: 'askAgain' },
  },
  declined: {
    title: 'The owner does not share this with you',
    text:
      'You do not wait for them any more: they said no, or take no requests at the moment. If you think that is ' +
      'a mistake, talk to them; asking again here may be of no use for a day.',
    action: { label: 'Ask again', does: 'askAgain' },
  },
  unanswered: {
    title: 'The owner did not answer',
    text: 'You waited for a whole day. Remind them, or ask once more.',
    action: { label: 'Ask again', does: 'askAgain' },
  },
  cancelled: {
    title: 'You do not wait for this any more',
    text: 'The owner may still find your question. If they agree, ask again to see it.',
    action: { label: 'Ask again', does: 'askAgain' },
  },
  ended: {
    title: 'Sharing ended',
    text:
      'The owner no longer shares this with you. If you think that is a mistake, talk to them. Trying again helps as ' +
      'soon as they share it with you again.',
    action: { label: 'Try again', does: 'askAgain' },
  },
  'asked-again': {
    title: 'Sharing ended',
    text: 'The owner was asked whether you may see it again. If they agree, you will see it here.',
    action: { label: 'Cancel', does: 'cancel' },
  },
  'owner-must-agree': {
    title: 'The owner was asked',
    text: 'As soon as they agree you will see it here; you may close this page and come back.',
    action: { label: 'Cancel', does: 'cancel' },
  },
  'claims-needed': {
    title: 'The owner’s server needs to know more about you',
    text: 'You tell it there, and come back here afterwards.',
    action: { label: 'Continue', does: 'giveClaims' },
  },
  'need-info': {
    title: 'The owner’s server needs to know more about you',
    text: 'Sign in again, so that it learns who is asking. If that does not help, tell the owner.',
    action: { label: 'Sign in again', does: 'sign-in' },
  },
  'sign-in': {
    title: 'You are signed out',
    text: 'Your session has ended. Sign in again to go on watching.',
    action: { label: 'Sign in again', does: 'sign-in' },
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
    title: 'The server that decides about sharing cannot be asked',
    text:
      'Trying again every 5 seconds. If it stays so, the owner may have to sign in again at the server that keeps ' +
      'the heart rate.',
    action: { label: 'Try now', does: 'retry' },
  },
  'resource-server-unreachable': {
    title: 'The server that keeps the heart rate cannot be reached',
    text: 'Trying again every 5 seconds. There is nothing you need to do.',
    action: { label: 'Try now', does: 'retry' },
  },
  offline: {
    title: 'Pulse Viewer cannot be reached',
    text: 'Look whether you are online. Trying again every 5 seconds.',
    action: { label: 'Try now', does: 'retry' },
  },
  failed: {
    title: 'The servers did not understand each other',
    text: 'This is not your fault. Try again; if it stays so, tell whoever runs Pulse Viewer.',
    action: { label: 'Try again', does: 'askAgain' },
  },
};

/** States in which it says when access ended. */
const ENDINGS: ReadonlySet<Status> = new Set<Status>(['ended', 'asked-again']);

/** Says why there is nothing to see, and the one thing that can be done about it. */
export function Explanation(props: {
  readonly status: Exclude<Status, 'granted'>;
  readonly wanted: readonly string[];
  readonly endedAt?: Date | undefined;
  readonly actions: Actions;
}) {
  const { status, wanted, endedAt, actions } = props;
  const { title, text, action } = WORDS[status];
  return (
    <section className="card" role="status" data-status={status}>
      <h1>
        {title}
        {endedAt !== undefined && ENDINGS.has(status) && ` at ${hourAndMinute.format(endedAt)}`}
      </h1>
      {wanted.length > 0 && <Wanted claims={wanted} />}
      <p>{text}</p>
      {action !== undefined && (
        <div className="row">
          {action.does === 'sign-in' ? (
            <SignInLink label={action.label} />
          ) : (
            <button type="button" className={action.does === 'cancel' ? '' : 'primary'} onClick={actions[action.does]}>
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
