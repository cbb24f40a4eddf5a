// The drawing area: strokes by pointer, an example by a digit key, and what the models see of them.
import { byId } from '../dom';
import { digitOf, type Point, type Stroke, side } from '../strokes';
import { example } from './examples';

export interface Drawing {
  /** 64 numbers from 0 to 16; undefined when nothing is drawn. */
  readonly digit: Float32Array | undefined;
  /** False while the pen is down. */
  readonly done: boolean;
}

const ink = (canvas: HTMLElement, name: string): string => getComputedStyle(canvas).getPropertyValue(name).trim();

function paintStrokes(canvas: HTMLCanvasElement, strokes: readonly Stroke[]): void {
  const g = canvas.getContext('2d')!;
  const { width, height } = canvas;
  g.clearRect(0, 0, width, height);
  g.lineWidth = width * 0.075;
  g.lineCap = g.lineJoin = 'round';
  g.strokeStyle = ink(canvas, '--ink');
  for (const stroke of strokes) {
    g.beginPath();
    for (const { x, y } of stroke) g.lineTo(x * width, y * height);
    if (stroke.length === 1) g.lineTo(stroke[0]!.x * width, stroke[0]!.y * height);
    g.stroke();
  }
}

function paintSeen(canvas: HTMLCanvasElement, digit: Float32Array | undefined): void {
  const g = canvas.getContext('2d')!;
  g.clearRect(0, 0, side, side);
  g.fillStyle = ink(canvas, '--ink');
  for (const [i, count] of (digit ?? new Float32Array()).entries()) {
    g.globalAlpha = count / 16;
    g.fillRect(i % side, Math.floor(i / side), 1, 1);
  }
  g.globalAlpha = 1;
}

/** Calls `onChange` with every change of the drawing. */
export function drawingPad(onChange: (drawing: Drawing) => void): void {
  const pad = byId<HTMLCanvasElement>('pad');
  const seen = byId<HTMLCanvasElement>('seen');
  const hint = byId('pad-hint');
  let strokes: Stroke[] = [];
  let pen: Point[] | undefined;

  const paint = (): Float32Array | undefined => {
    paintStrokes(pad, strokes);
    const digit = strokes.length > 0 ? digitOf(strokes) : undefined;
    paintSeen(seen, digit);
    hint.hidden = strokes.length > 0;
    return digit;
  };
  const tell = (done: boolean): void => onChange({ digit: paint(), done });
  const set = (next: Stroke[]): void => {
    strokes = next;
    pen = undefined;
    tell(true);
  };
  const at = (event: PointerEvent): Point => {
    const { left, top, width, height } = pad.getBoundingClientRect();
    return { x: (event.clientX - left) / width, y: (event.clientY - top) / height };
  };

  pad.addEventListener('pointerdown', (event) => {
    if (event.button !== 0 || pen) return;
    pad.setPointerCapture(event.pointerId);
    strokes.push((pen = [at(event)]));
    tell(false);
  });
  pad.addEventListener('pointermove', (event) => {
    if (!pen) return;
    for (const part of event.getCoalescedEvents?.() ?? []) pen.push(at(part));
    pen.push(at(event));
    tell(false);
  });
  for (const end of ['pointerup', 'pointercancel'] as const)
    pad.addEventListener(end, () => {
      if (!pen) return;
      pen = undefined;
      tell(true);
    });
  pad.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (/^[0-9]$/.test(event.key)) set([...example(Number(event.key))]);
    else if (['Delete', 'Backspace', 'Escape'].includes(event.key)) set([]);
    else return;
    event.preventDefault();
  });
  byId('clear').addEventListener('click', () => set([]));
  // Canvases do not follow the theme by themselves.
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', paint);
}
