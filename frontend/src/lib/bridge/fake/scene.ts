import type { Region } from '../types';

// A small drawn world for design work: a desk at a window, with steam and light that move.
const width = 1280;
const height = 720;

type Brush = OffscreenCanvasRenderingContext2D;

/** How the world is seen. */
export interface Look {
  rotate: number;
  mirror: boolean;
  /** Of the picture as it is seen; absent: all of it. */
  part?: Region | undefined;
}

const upright: Look = { rotate: 0, mirror: false };

/** A JPEG of the world at a time in seconds, its long edge as wanted. */
export async function pictureAt(seconds: number, edge: number, look = upright): Promise<Blob> {
  const scale = Math.min(1, edge / width);
  const across = look.rotate % 180 === 0;
  const [w, h] = across ? [width, height] : [height, width];
  const part = look.part ?? { x: 0, y: 0, w: 1, h: 1 };
  const canvas = new OffscreenCanvas(Math.round(w * part.w * scale), Math.round(h * part.h * scale));
  const brush = canvas.getContext('2d');
  if (!brush) throw new Error('no canvas');
  brush.scale(scale, scale);
  brush.translate(w / 2 - w * part.x, h / 2 - h * part.y);
  if (look.mirror) brush.scale(-1, 1);
  brush.rotate((look.rotate * Math.PI) / 180);
  brush.translate(-width / 2, -height / 2);
  draw(brush, seconds);
  return canvas.convertToBlob({ type: 'image/jpeg', quality: 0.85 });
}

function draw(b: Brush, s: number): void {
  fill(b, ['#3b3a42', '#54494a'], 0, 0, width, height);
  view(b, s);
  fill(b, ['#9a6a43', '#5f3d27'], 0, 500, width, 220);
  b.fillStyle = 'rgb(255 214 150 / 0.16)';
  shape(b, [300, 500, 820, 500, 1060 + 30 * Math.sin(s / 5), 720, 260 + 30 * Math.sin(s / 5), 720]);
  notebook(b);
  plant(b, s);
  mug(b);
  steam(b, s);
}

function view(b: Brush, s: number): void {
  b.save();
  b.beginPath();
  b.rect(210, 60, 640, 400);
  b.clip();
  fill(b, ['#f6b26b', '#f7e0b4'], 210, 60, 640, 400);
  disc(b, 560 + 60 * Math.sin(s / 9), 300, 46, '#fff3d2');
  b.fillStyle = '#6d7f8b';
  shape(b, [210, 380, 360, 290, 520, 370, 660, 300, 850, 390, 850, 460, 210, 460]);
  b.fillStyle = '#44584f';
  shape(b, [210, 420, 420, 370, 640, 420, 850, 380, 850, 460, 210, 460]);
  b.restore();
  b.strokeStyle = '#e9e2d6';
  b.lineWidth = 14;
  b.strokeRect(210, 60, 640, 400);
  b.lineWidth = 8;
  b.strokeRect(526, 60, 8, 400);
}

function mug(b: Brush): void {
  disc(b, 800, 612, 118, 'rgb(0 0 0 / 0.25)', 0.28);
  disc(b, 790, 600, 118, '#e8e0d4', 0.26);
  b.strokeStyle = '#a3291c';
  b.lineWidth = 20;
  b.beginPath();
  b.ellipse(882, 520, 40, 44, 0, -1.4, 1.6);
  b.stroke();
  fill(b, ['#c93a29', '#8e2115'], 700, 440, 170, 150);
  disc(b, 785, 590, 85, '#8e2115', 0.25);
  disc(b, 785, 440, 85, '#dc5140', 0.25);
  disc(b, 785, 443, 72, '#3a2013', 0.23);
}

function steam(b: Brush, s: number): void {
  b.lineWidth = 10;
  b.lineCap = 'round';
  for (const i of [0, 1, 2]) {
    b.strokeStyle = `rgb(255 255 255 / ${0.18 + 0.06 * Math.sin(s + i)})`;
    b.beginPath();
    const x = 745 + 40 * i;
    const sway = 16 * Math.sin(s * 1.3 + i);
    b.moveTo(x, 425);
    b.bezierCurveTo(x - 24 + sway, 380, x + 24 - sway, 350, x + sway, 300);
    b.stroke();
  }
}

function notebook(b: Brush): void {
  b.fillStyle = '#2f4a63';
  shape(b, [300, 610, 560, 580, 620, 640, 350, 680]);
  b.fillStyle = '#f2ead9';
  shape(b, [350, 680, 620, 640, 622, 650, 352, 692]);
  b.save();
  b.translate(392, 645);
  b.rotate(-0.14);
  b.fillStyle = '#dfe7ee';
  b.font = '600 34px sans-serif';
  b.fillText('NOTES', 0, 0);
  b.restore();
}

function plant(b: Brush, s: number): void {
  b.fillStyle = '#b9a68d';
  shape(b, [980, 480, 1120, 480, 1100, 600, 1000, 600]);
  for (const i of [-3, -2, -1, 0, 1, 2, 3]) {
    b.save();
    b.translate(1050, 485);
    b.rotate(i * 0.32 + 0.02 * Math.sin(s * 0.8 + i));
    disc(b, 0, -95, 26, i % 2 ? '#5d8a5b' : '#47734a', 3.6);
    b.restore();
  }
}

function fill(b: Brush, [from, to]: [string, string], x: number, y: number, w: number, h: number): void {
  const gradient = b.createLinearGradient(0, y, 0, y + h);
  gradient.addColorStop(0, from);
  gradient.addColorStop(1, to);
  b.fillStyle = gradient;
  b.fillRect(x, y, w, h);
}

function disc(b: Brush, x: number, y: number, r: number, color: string, flat = 1): void {
  b.fillStyle = color;
  b.beginPath();
  b.ellipse(x, y, r, r * flat, 0, 0, 7);
  b.fill();
}

function shape(b: Brush, points: number[]): void {
  b.beginPath();
  for (let i = 0; i < points.length; i += 2) b.lineTo(points[i] ?? 0, points[i + 1] ?? 0);
  b.fill();
}
