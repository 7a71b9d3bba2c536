import { useEffect, useRef } from 'react';
import uPlot from 'uplot';

interface Sample {
  readonly recordedAt: string;
  readonly heartRate: number;
}

const HEIGHT = 240;

/** A line of heart rate over time that grows as samples arrive; for those who cannot see it, its label and extent. */
export function HeartRateChart({ samples, label }: { readonly samples: readonly Sample[]; readonly label: string }) {
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
    plot.current?.setData([
      samples.map(({ recordedAt }) => Date.parse(recordedAt) / 1000),
      samples.map(({ heartRate }) => heartRate),
    ]);
  }, [samples]);

  const rates = samples.map(({ heartRate }) => heartRate);
  return (
    <figure>
      <div ref={place} className="chart" aria-hidden="true" />
      <figcaption className="muted small">
        {label}
        {rates.length > 0 && `: lowest ${Math.min(...rates)}, highest ${Math.max(...rates)}`}
      </figcaption>
    </figure>
  );
}

function options(element: HTMLElement): uPlot.Options {
  const style = getComputedStyle(element);
  const ink = style.color;
  const line = style.getPropertyValue('--accent').trim();
  const axis = { stroke: ink, grid: { stroke: style.getPropertyValue('--line').trim(), width: 1 } };
  return {
    width: element.clientWidth,
    height: HEIGHT,
    legend: { show: false },
    scales: { y: { range: (_plot, low, high) => [Math.floor((low - 5) / 10) * 10, Math.ceil((high + 5) / 10) * 10] } },
    axes: [axis, axis],
    series: [{}, { stroke: line, width: 2, points: { show: false } }],
  };
}
