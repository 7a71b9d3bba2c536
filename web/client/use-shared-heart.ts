import { useEffect, useRef, useState } from 'react';

import type { Actions } from './explanation.js';
import { BEFORE, type SharedHeartView, SharedHeartWatch } from './shared-heart-watch.js';

/** Watches a shared heart for as long as the component is on the page. */
export function useSharedHeart(
  resource: string,
  csrfToken: string,
): { readonly view: SharedHeartView; readonly actions: Actions } {
  const [view, setView] = useState(BEFORE);
  const [attempt, setAttempt] = useState({ again: false });
  const watching = useRef<SharedHeartWatch>(null);
  useEffect(() => {
    const watch = new SharedHeartWatch(resource, csrfToken, setView);
    watching.current = watch;
    watch.start(attempt.again);
    return () => {
      watch.stop();
    };
  }, [resource, csrfToken, attempt]);
  const actions: Actions = {
    retry: () => {
      setAttempt({ again: false });
    },
    askAgain: () => {
      setAttempt({ again: true });
    },
    giveClaims: () => watching.current?.giveClaims(),
    cancel: () => watching.current?.cancel(),
  };
  return { view, actions };
}
