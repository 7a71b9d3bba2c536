/** Grant type with which a device gets its tokens. @see RFC 8628 section 3.4 */
export const DEVICE_GRANT_TYPE = 'urn:ietf:params:oauth:grant-type:device_code';

/** How long a device waits between two questions whether it is allowed, in seconds. @see RFC 8628 section 3.5 */
export const POLL_SECONDS = 5;
