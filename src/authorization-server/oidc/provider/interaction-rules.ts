import { interactionPolicy } from '../oidc-provider.js';

/**
 * When a person is asked to sign in or to consent: as the provider does, and for each device anew. Whoever talks somebody
 * into typing the code of a device that is not theirs must not get by with a consent that an earlier one was given.
 *
 * @see RFC 8628 section 5.4 (remote phishing)
 */
export function interactionRules(): interactionPolicy.DefaultPolicy {
  const { Check, base } = interactionPolicy;
  const rules = base();
  const eachDevice = new Check('device_consent', 'each device needs a consent of its own', ({ oidc }) =>
    oidc.deviceCode !== undefined && oidc.result?.consent === undefined
      ? Check.REQUEST_PROMPT
      : Check.NO_NEED_TO_PROMPT,
  );
  rules.get('consent')?.checks.add(eachDevice);
  return rules;
}
