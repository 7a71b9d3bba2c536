interface Numbered {
  readonly id: string;
}

/** Cases in the order of their numbers; the parts of one case stay as they are. `T32b` follows `T32`. */
export function inOrder<Case extends Numbered>(...groups: readonly (readonly Case[])[]): readonly Case[] {
  return groups.flat().sort((one, other) => numberOf(one) - numberOf(other));
}

function numberOf({ id }: Numbered): number {
  const [, number, letter] = /^T(\d+)(b?)/.exec(id) ?? [];
  return Number(number) + (letter === 'b' ? 0.5 : 0);
}
