/** What an owner has set for all of their sharing, as the owner API shows it. */
export class SettingsView {
  readonly acceptsRequests!: boolean;
  readonly paused!: boolean;
}
