import { isJsonObject } from './strict-json.js';

/** A parsed JSON value without the members that are null, however deep: some servers write so what they do not know. */
export function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (!isJsonObject(value)) return value;
  const members = Object.entries(value).filter(([, member]) => member !== null);
  return Object.fromEntries(members.map(([name, member]): [string, unknown] => [name, withoutNulls(member)]));
}
