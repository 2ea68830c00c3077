import type uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { stepAt, stepBelow } from './steps';

/** A line of a chart: as many values as the chart has places, null where there is none. */
export interface ChartLine {
  label: string;
  values: readonly (number | null)[];
  /** A token of the theme: '--t1'. */
  color: string;
  /** Measured by the axis at the right. */
  right?: boolean;
  /** It stands back behind the others. */
  faint?: boolean;
  /** It goes on over places that have no value. */
  across?: boolean;
}

export interface ChartScale {
  /** The top of the scale; absent: above the highest value. */
  top?: number | undefined;
  log?: boolean;
  format: (value: number) => string;
}

export interface ChartLook {
  scale: ChartScale;
  right?: ChartScale | undefined;
  clock: (seconds: number) => string;
  /** Places that are marked at the foot. */
  marks: () => readonly number[];
  onpoint: (at: number | null) => void;
}

/** What uPlot draws, in the colours of the theme that the box has. */
export function optionsOf(box: HTMLElement, lines: readonly ChartLine[], look: ChartLook): uPlot.Options {
  const style = getComputedStyle(box);
  const token = (name: string) => style.getPropertyValue(name).trim();
  // As wide as "250 ms" in that size.
  const axisWidth = Math.ceil(parseFloat(token('--tiny')) * 4.5);
  const font = `${token('--tiny')} ${style.fontFamily}`;
  const quiet = { stroke: token('--dim'), font, ticks: { show: false }, border: { show: false }, gap: 6 };
  const grid = { stroke: token('--line'), width: 1 };
  const labels = ({ format }: ChartScale) => (_: uPlot, at: number[]) => at.map((value: number | null) => (value === null ? '' : format(value)));
  return {
    ...{ width: 0, height: 0, legend: { show: false } },
    // The last time at the foot may reach beyond the end of the line.
    padding: [8, look.right ? 0 : 16, 0, 0],
    cursor: { y: false, drag: { x: false, y: false }, points: { size: 7, width: 1.5 } },
    scales: { x: { time: true, auto: false }, y: scaleOf(look.scale), right: look.right ? scaleOf(look.right) : { auto: false, range: [0, 1] } },
    axes: [
      { ...quiet, grid: { show: false }, size: 22, space: 56, values: (_, at) => at.map(look.clock) },
      { ...quiet, grid, size: axisWidth, space: 26, values: labels(look.scale), ...(look.scale.log ? { splits: logSplits, filter: (_: uPlot, at: number[]) => at } : {}) },
      ...(look.right ? [{ ...quiet, grid: { show: false }, scale: 'right', side: 1, size: axisWidth, space: 26, values: labels(look.right) }] : []),
    ],
    series: [
      {},
      ...lines.map((line) => seriesOf(line, token(line.color))),
    ],
    hooks: {
      setCursor: [(plot) => look.onpoint(plot.cursor.idx ?? null)],
      draw: [(plot) => drawMarks(plot, look.marks(), token('--bad'))],
    },
  };
}

function seriesOf({ label, right, faint, across }: ChartLine, color: string): uPlot.Series {
  const points: uPlot.Series.Points = faint || across ? { show: false } : { size: 4, fill: color, width: 0 };
  return { label, stroke: faint ? `${color}38` : color, width: faint ? 1 : 1.4, scale: right ? 'right' : 'y', spanGaps: across ?? false, points };
}

function scaleOf({ top, log }: ChartScale): uPlot.Scale {
  if (log) return { distr: 3, log: 10, range: (_, low, high) => logRange(low, high) };
  if (top !== undefined) return { range: [0, top] };
  return { range: (_, __, high) => [0, high > 0 ? high * 1.1 : 1] };
}

function logRange(low: number | null, high: number | null): [number, number] {
  const [from, to] = [stepBelow(Math.max(low ?? 1, 0.1)), stepBelow(Math.max(high ?? 10, 0.1)) + 1];
  return [stepAt(from), stepAt(Math.max(to, from + 1))];
}

// Each step, or each tenfold where they would be too many.
function logSplits(_: uPlot, __: number, low: number, high: number): number[] {
  const [from, to] = [stepBelow(low), stepBelow(high)];
  const all = Array.from({ length: to - from + 1 }, (___, i) => from + i);
  return (all.length > 7 ? all.filter((nth) => nth % 3 === 0) : all).map(stepAt);
}

// A short line at the foot for each.
function drawMarks(plot: uPlot, marks: readonly number[], color: string): void {
  const { ctx, bbox, data } = plot;
  const tall = 7 * devicePixelRatio;
  ctx.save();
  ctx.fillStyle = color;
  for (const i of marks) {
    const x = plot.valToPos(data[0][i] ?? 0, 'x', true);
    if (x >= bbox.left && x <= bbox.left + bbox.width) ctx.fillRect(Math.round(x) - devicePixelRatio, bbox.top + bbox.height - tall, 2 * devicePixelRatio, tall);
  }
  ctx.restore();
}
