/** What is run when no other version is asked for. */
export const KEYCLOAK_VERSION: string;

export function provideKeycloak(version?: string, say?: (words: string) => void): Promise<string>;

export function startKeycloak(home: string): Promise<{
  readonly base: string;
  readonly admin: { readonly username: string; readonly password: string };
  readonly stop: () => Promise<void>;
}>;
