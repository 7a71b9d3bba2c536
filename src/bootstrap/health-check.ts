/** Something a server cannot serve without: its database, its authorization server. */
export interface HealthCheck {
  /** As the operator knows it; it stands in the answer. */
  readonly name: string;
  /** Rejects when the server could not serve; the reason goes to the log alone. */
  check(): Promise<void>;
}

/** Injection token of the checks. */
export const HEALTH_CHECKS = Symbol('HealthChecks');
