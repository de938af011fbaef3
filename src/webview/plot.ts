import type { JobPage } from '../core/view/jobPage.js';

const svgNamespace = 'http://www.w3.org/2000/svg';
const width = 600;
const height = 160;

/** Succeeded tasks as an area, failed ones as an area upon it; the height of the plot is all tasks of the job. */
export function drawPlot({ points, total }: JobPage['plot'], label: string): SVGSVGElement {
  const svg = svgElement('svg', {
    viewBox: `0 0 ${width} ${height}`,
    preserveAspectRatio: 'none',
    role: 'img',
    'aria-label': label,
  });
  const start = points[0]?.atMs ?? 0;
  const span = Math.max(1, (points.at(-1)?.atMs ?? 0) - start);
  const done = points.reduce((most, { succeeded, failed }) => Math.max(most, succeeded + failed), 1);
  const top = Math.max(total ?? 0, done);
  const x = (atMs: number): string => (((atMs - start) / span) * width).toFixed(1);
  const y = (count: number): string => (height - (count / top) * height).toFixed(1);
  const along = (value: (point: (typeof points)[number]) => number): string[] =>
    points.map((point) => `${x(point.atMs)},${y(value(point))}`);
  const floor = [`${width},${height}`, `0,${height}`];
  const succeeded = along((point) => point.succeeded);
  const both = along((point) => point.succeeded + point.failed);
  svg.append(
    svgElement('polygon', { class: 'succeeded', points: [...succeeded, ...floor].join(' ') }),
    svgElement('polygon', { class: 'failed', points: [...both, ...succeeded.toReversed()].join(' ') }),
    svgElement('polyline', { class: 'line', points: both.join(' ') }),
  );
  return svg;
}

/** The tasks of a job as one bar: succeeded, failed, and what is left. */
export function drawBar({ succeeded, failed, total }: NonNullable<JobPage['bar']>, label: string): SVGSVGElement {
  const svg = svgElement('svg', {
    class: 'bar',
    viewBox: `0 0 ${width} 1`,
    preserveAspectRatio: 'none',
    role: 'img',
    'aria-label': label,
  });
  const x = (count: number): string => ((Math.min(count, total) / total) * width).toFixed(1);
  svg.append(
    svgElement('rect', { class: 'succeeded', x: '0', y: '0', width: x(succeeded), height: '1' }),
    svgElement('rect', { class: 'failed', x: x(succeeded), y: '0', width: x(failed), height: '1' }),
  );
  return svg;
}

function svgElement<K extends keyof SVGElementTagNameMap>(name: K, attributes: Record<string, string>): SVGElementTagNameMap[K] {
  const made = document.createElementNS(svgNamespace, name);
  for (const [attribute, value] of Object.entries(attributes)) made.setAttribute(attribute, value);
  return made;
}
