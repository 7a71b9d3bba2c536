// The order matters: the first import silences one line that the second would print.
import { speakAgain } from './unsupported-runtime.js';
import Provider, { errors, interactionPolicy } from 'oidc-provider';

speakAgain();

/** The provider, its errors and its interaction policy: import them from here, never from the package. */
export { errors, interactionPolicy, Provider };
