import { useEffect, useState } from 'react';

import { BEFORE, type SharedHeartView, SharedHeartWatch } from './shared-heart-watch.js';

/** Watches a shared heart for as long as the component is on the page. */
export function useSharedHeart(resource: string, csrfToken: string): SharedHeartView & { readonly retry: () => void } {
  const [view, setView] = useState(BEFORE);
  const [attempt, setAttempt] = useState(0);
  useEffect(() => {
    const watch = new SharedHeartWatch(resource, csrfToken, setView);
    watch.start();
    return () => {
      watch.stop();
    };
  }, [resource, csrfToken, attempt]);
  const retry = () => {
    setAttempt((number) => number + 1);
  };
  return { ...view, retry };
}
