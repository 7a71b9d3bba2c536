/** Turns what the clocks of one time zone showed (as milliseconds since 1970, as if it were UTC) into the instant, in milliseconds since 1970. */
export type LocalTime = (shownMs: number) => number;

const A_DAY = 86_400_000;

/**
 * Makes the reader for times that carry no zone. A time that the clocks showed twice, because they went back, is the
 * earlier of the two; one they never showed, because they went forward, is as much later as they skipped.
 *
 * @param timeZone an IANA name, for instance `Europe/Vienna`
 * @throws RangeError when there is no such time zone
 */
export function localTimeIn(timeZone: string): LocalTime {
  const clocks = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  return (shownMs) => {
    // No zone changes its clocks twice in two days, so one of these two offsets holds.
    const before = shownMs - offsetMs(clocks, shownMs - A_DAY);
    const after = shownMs - offsetMs(clocks, shownMs + A_DAY);
    return [before, after].find((instantMs) => instantMs + offsetMs(clocks, instantMs) === shownMs) ?? before;
  };
}

/** How far the clocks are ahead of UTC at an instant. */
function offsetMs(clocks: Intl.DateTimeFormat, instantMs: number): number {
  const wholeSecond = Math.floor(instantMs / 1000) * 1000;
  const shown = Object.fromEntries(clocks.formatToParts(wholeSecond).map(({ type, value }) => [type, Number(value)]));
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = shown;
  return Date.UTC(year, month - 1, day, hour, minute, second) - wholeSecond;
}
