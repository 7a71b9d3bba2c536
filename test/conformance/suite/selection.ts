/** Those of some ids that mean no case. */
export function unknownOf(only: readonly string[], cases: readonly { readonly id: string }[]): readonly string[] {
  return only.filter((wanted) => !cases.some(({ id }) => isSelected(id, [wanted])));
}

/** Which cases `--only T17,T20` means: a case with all its parts, or one part by its own id. */
export function isSelected(id: string, only: readonly string[]): boolean {
  return only.length === 0 || only.some((wanted) => id === wanted || id.startsWith(`${wanted}.`));
}
