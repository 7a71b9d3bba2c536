import type { CanActivate, Type } from '@nestjs/common';
import type { ComponentsObject, PathsObject } from '@nestjs/swagger';

/** What a guard demands of a call. */
export interface Demand {
  /** The ways to pass, each of them enough: names of the security schemes that it takes together. */
  readonly ways: readonly (readonly string[])[];
  /** What a refusal means, by its HTTP status. */
  readonly refusals: Readonly<Record<number, string>>;
}

/** A guard as it is described to those who call. */
export interface DescribedGuard {
  readonly guard: Type<CanActivate>;
  /** What it demands of calls that may change something, or of those that may not; `undefined` is nothing. */
  readonly demandOf: (changes: boolean) => Demand | undefined;
}

/** The security schemes of a document, by the names that its operations call them. */
export type SecuritySchemes = NonNullable<ComponentsObject['securitySchemes']>;

/** What a server says about its API beyond what its controllers tell by themselves. */
export interface ApiDescription {
  readonly title: string;
  /** Address of the server as others reach it, without a trailing slash. */
  readonly server?: string;
  readonly securitySchemes?: SecuritySchemes;
  /** The guards, so that no route has to say again what it is guarded by. */
  readonly guards?: readonly DescribedGuard[];
  /** Routes that no controller serves, and what a controller does not say of its own. */
  readonly paths?: PathsObject;
}
