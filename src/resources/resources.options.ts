/** What the resources room is told. */
export interface ResourcesOptions {
  /** Address of this resource server as others reach it, without trailing slash; also its identifier. */
  readonly baseUrl: string;
  /** Whose resource `/hearthRate` serves: the owner's subject or name; the only owner when not given. */
  readonly legacyOwner?: string | undefined;
  /** Scope of an authorization server that was set up for the systems before; resources are then registered under it. */
  readonly legacyScope?: string | undefined;
  /** How long to wait before registrations that could not be compared at the start are tried again; doubled each time. */
  readonly retryDelayMs?: number;
}

/** Injection token of {@link ResourcesOptions}. */
export const RESOURCES_OPTIONS = Symbol('ResourcesOptions');
