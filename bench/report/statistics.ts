/**
 * The value below which a part of the values lies, between two of them by their distance.
 *
 * @param sorted ascending
 * @param part 0 to 1
 * @returns NaN when there are no values
 */
export function quantile(sorted: readonly number[], part: number): number {
  const place = part * (sorted.length - 1);
  const [low = NaN, high = low] = [sorted[Math.floor(place)], sorted[Math.ceil(place)]];
  return low + (high - low) * (place - Math.floor(place));
}

const ascending = (values: readonly number[]): readonly number[] => [...values].sort((a, b) => a - b);

export function median(values: readonly number[]): number {
  return quantile(ascending(values), 0.5);
}

/** The distance between the quartiles, in parts of the median: 0.1 means that half of the values are within ±5 % or so. */
export function spread(values: readonly number[]): number {
  const sorted = ascending(values);
  return (quantile(sorted, 0.75) - quantile(sorted, 0.25)) / quantile(sorted, 0.5);
}
