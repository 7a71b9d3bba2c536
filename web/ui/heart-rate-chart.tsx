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
      <figcaption className="muted small">
        Beats per minute over the last 15 minutes: {extentOf(samples.map(({ heartRate }) => heartRate))}
      </figcaption>
    </figure>
  );
}

function extentOf(rates: readonly number[]): string {
  const average = rates.reduce((sum, rate) => sum + rate, 0) / rates.length;
  return `lowest ${Math.min(...rates)}, average ${Math.round(average)}, highest ${Math.max(...rates)}`;
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
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false } },
    scales: { y: { range: (_plot, low, high) => [Math.floor((low - 5) / 10) * 10, Math.ceil((high + 5) / 10) * 10] } },
    axes: [axis, { ...axis, size: 40 }],
    series: [{}, { stroke: colour('--accent'), width: 2, points: { show: false } }],
  };
}
