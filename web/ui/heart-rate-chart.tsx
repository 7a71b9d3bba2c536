import { useEffect, useRef } from 'react';
import uPlot from 'uplot';

interface Sample {
  readonly recordedAt: string;
  /** Beats per minute. */
  readonly heartRate: number;
}

const HEIGHT = 260;
/** Without a sample for so long the line breaks off: nobody knows what was between. */
const GAP_SECONDS = 30;

/** A line of heart rate over time that grows as samples arrive; for those who cannot see it, its figures in words. */
export function HeartRateChart({ samples }: { readonly samples: readonly Sample[] }) {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(null);

  useEffect(() => {
    const element = place.current;
    if (element === null) return undefined;
    const drawn = new uPlot(options(element), [[], []], element);
    plot.current = drawn;
    const resized = new ResizeObserver(() => {
      drawn.setSize({ width: element.clientWidth, height: HEIGHT });
    });
    resized.observe(element);
    return () => {
      resized.disconnect();
      drawn.destroy();
    };
  }, []);

  useEffect(() => {
    plot.current?.setData(seriesOf(samples));
  }, [samples]);

  return (
    <figure>
      <div ref={place} className="chart" aria-hidden="true" />
      <figcaption className="muted small">{inWords(samples)}</figcaption>
    </figure>
  );
}

const hourAndMinute = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });

function inWords(samples: readonly Sample[]): string {
  const rates = samples.map(({ heartRate }) => heartRate);
  const times = samples.map(({ recordedAt }) => Date.parse(recordedAt));
  const average = Math.round(rates.reduce((sum, rate) => sum + rate, 0) / rates.length);
  const span = hourAndMinute.formatRange(Math.min(...times), Math.max(...times));
  return `Beats per minute, ${span}: lowest ${Math.min(...rates)}, average ${average}, highest ${Math.max(...rates)}`;
}

function seriesOf(samples: readonly Sample[]): uPlot.AlignedData {
  const seconds: number[] = [];
  const rates: (number | null)[] = [];
  for (const { recordedAt, heartRate } of samples) {
    const at = Date.parse(recordedAt) / 1000;
    const before = seconds.at(-1);
    if (before !== undefined && at - before > GAP_SECONDS) {
      seconds.push((before + at) / 2);
      rates.push(null);
    }
    seconds.push(at);
    rates.push(heartRate);
  }
  return [seconds, rates];
}

function options(element: HTMLElement): uPlot.Options {
  // Looked up at every drawing, so that a change between light and dark shows.
  const style = getComputedStyle(element);
  const colour = (name: string) => () => style.getPropertyValue(name).trim();
  const font = `12px ${style.fontFamily}`;
  const axis = {
    stroke: colour('--muted'),
    font,
    grid: { stroke: colour('--line'), width: 1 },
    ticks: { show: false },
  };
  return {
    width: element.clientWidth,
    height: HEIGHT,
    // Half of the last time on the axis hangs over the end of the line.
    padding: [null, 32, null, null],
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false } },
    scales: { y: { range: (_plot, low, high) => [Math.floor((low - 5) / 10) * 10, Math.ceil((high + 5) / 10) * 10] } },
    axes: [
      {
        ...axis,
        space: 64,
        values: (_plot, seconds) => seconds.map((second) => hourAndMinute.format(second * 1000)),
        incrs: [60, 120, 300, 600, 1800, 3600],
        size: 32,
      },
      { ...axis, size: 40 },
    ],
    series: [{}, { stroke: colour('--accent'), fill: colour('--accent-soft'), width: 2, points: { show: false } }],
  };
}
