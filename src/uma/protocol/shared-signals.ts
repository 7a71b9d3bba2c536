/** Names of the Shared Signals Framework (SSF) 1.0, of CAEP 1.0 and of security event tokens (SETs). */

/** `typ` of a SET. @see RFC 8417 section 2.3 */
export const SET_TYPE = 'secevent+jwt';

/** Media type of a SET that is pushed. @see RFC 8935 section 2.1 */
export const SET_MEDIA_TYPE = `application/${SET_TYPE}`;

/** The delivery method in which SETs are pushed. @see SSF 1.0 section 6.1.1 */
export const PUSH_DELIVERY = 'urn:ietf:rfc:8935';

/** Where a transmitter's metadata is found: inserted between host and path of its issuer. @see SSF 1.0 section 7.2 */
export const SSF_DISCOVERY_PATH = '/.well-known/ssf-configuration';

/** Scope of an access token that manages an event stream. @see CAEP Interoperability Profile 1.0 section 2.7.2 */
export const SSF_MANAGE_SCOPE = 'ssf.manage';

const CAEP = 'https://schemas.openid.net/secevent/caep/event-type/';
const SSF = 'https://schemas.openid.net/secevent/ssf/event-type/';

/** A session has ended; an RPT is one. @see CAEP 1.0 section 3.1 */
export const SESSION_REVOKED = `${CAEP}session-revoked`;

/** A token says something else than it did. @see CAEP 1.0 section 3.2 */
export const TOKEN_CLAIMS_CHANGE = `${CAEP}token-claims-change`;

/** The stream works. @see SSF 1.0 section 8.1.4.1 */
export const VERIFICATION = `${SSF}verification`;

/** The transmitter has changed the status of the stream. @see SSF 1.0 section 8.1.5 */
export const STREAM_UPDATED = `${SSF}stream-updated`;

/** How often a transmitter of ours proves to each receiver that nothing is left to be told, in milliseconds. */
export const HEARTBEAT_MS = 10_000;
