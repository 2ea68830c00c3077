import type { Mark, Outcome } from '$lib/text/marks';

/** The colours of the outcomes, by the tokens of the theme. */
export const colors: Readonly<Record<Outcome, string>> = {
  answered: '--accent',
  failed: '--bad',
  cancelled: '--dim',
  superseded: '--t1',
  unchanged: '--t1',
};

/** How tall a mark is, of the height there is. */
const tall: Readonly<Record<Outcome, number>> = { failed: 1, answered: 0.72, cancelled: 0.5, superseded: 0.3, unchanged: 0.3 };
const track = 4;

export interface Picture {
  width: number;
  height: number;
  ratio: number;
  marks: readonly Mark[];
  /** Those that are not looked for; they stand back. */
  others: readonly Mark[];
  gaps: readonly { from: number; to: number }[];
}

/** Draws the marks over the track of the video, hatched where there is none. */
export function paint(canvas: HTMLCanvasElement, { width, height, ratio, marks, others, gaps }: Picture): void {
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  const brush = canvas.getContext('2d');
  if (!brush) return;
  const style = getComputedStyle(canvas);
  const token = (name: string) => style.getPropertyValue(name).trim();
  brush.scale(ratio, ratio);
  brush.fillStyle = token('--line');
  brush.fillRect(0, height - track, width, track);
  for (const { from, to } of gaps) hatch(brush, from, to, height, [token('--bg'), token('--edge')]);
  const room = height - track - 3;
  // Few marks may be seen from further away.
  const across = (marks.length + others.length) * 8 < width ? 2 : 1;
  for (const { x, outcome } of others) tick(brush, x, room, tall[outcome], across, token('--line'));
  for (const { x, outcome } of marks) tick(brush, x, room, tall[outcome], across, token(colors[outcome]));
}

function tick(brush: CanvasRenderingContext2D, x: number, room: number, part: number, across: number, color: string): void {
  const long = Math.round(room * part);
  brush.fillStyle = color;
  brush.fillRect(x, room - long, across, long);
}

function hatch(brush: CanvasRenderingContext2D, from: number, to: number, height: number, [ground, line]: [string, string]): void {
  brush.save();
  brush.beginPath();
  brush.rect(from, height - track, to - from, track);
  brush.clip();
  brush.fillStyle = ground;
  brush.fill();
  brush.strokeStyle = line;
  brush.lineWidth = 1;
  brush.beginPath();
  for (let x = Math.floor(from) - track; x < to; x += 4) {
    brush.moveTo(x, height);
    brush.lineTo(x + track, height - track);
  }
  brush.stroke();
  brush.restore();
}
