// Keycloak, together with whoever waits for it: it runs on the core that this process was started on.
import { provideKeycloak, startKeycloak } from '../../tools/keycloak.mjs';

// The working folder is that of the repository, where Keycloak was unpacked.
const { base, admin, stop } = await startKeycloak(await provideKeycloak());
process.once('SIGTERM', () => {
  void stop().then(() => process.exit());
});
process.channel?.ref();
process.send?.({ type: 'listening', base, admin });
