/**
 * The Cedar schema that policies on some scopes are checked against: these scopes are the actions, nothing else is. What
 * is in it is described for administrators in `docs/policies.md`.
 */
export function schemaFor(scopes: readonly string[]): string {
  return `
entity Person = { issuer: String, subject: String } tags Set<String>;
entity Resource = { id: String, type?: String, owner: String, resourceServer: String };
action ${scopes.map((scope) => JSON.stringify(scope)).join(', ')} appliesTo {
  principal: Person,
  resource: Resource,
  context: { client: String, time: datetime, purposes: Set<String>, acr: Set<String> }
};`;
}
