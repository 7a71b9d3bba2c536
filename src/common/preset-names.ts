/** Authorization servers whose differences from the standard are known, by name; `forgerock` is another one for `pingam`. */
export const PRESET_NAMES = [
  'standard',
  'keycloak',
  'gluu3',
  'janssen',
  'pingam',
  'forgerock',
  'wso2',
  'gravitee',
  'solidlab',
] as const;

/** The name of a preset. */
export type PresetName = (typeof PRESET_NAMES)[number];

/** Those where people can sign in. */
export const SIGN_IN_PRESETS: readonly PresetName[] = PRESET_NAMES.filter((name) => name !== 'solidlab');
