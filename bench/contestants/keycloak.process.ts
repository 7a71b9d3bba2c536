// Keycloak, together with whoever waits for it: it runs on the core that this process was started on.
import { provideKeycloak, startKeycloak } from '../../tools/keycloak.mjs';

// Keycloak ends with this process, in whichever state it is, by what `startKeycloak` does at the exit.
process.once('SIGTERM', () => process.exit());
// The working folder is that of the repository, where Keycloak was unpacked.
const { base, admin } = await startKeycloak(await provideKeycloak());
process.channel?.ref();
process.send?.({ type: 'listening', base, admin });
