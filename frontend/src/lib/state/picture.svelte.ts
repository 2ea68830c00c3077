import { liveEdge } from '$lib/text/numbers';
import type { Bridge } from '../bridge';

const rest = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const retryMs = 1000;

/** The live picture on a canvas: one request at a time, the next after the draw, so a slow webview gets fewer pictures and never old ones. */
export class LivePicture {
  readonly #bridge: Pick<Bridge, 'nextFrame' | 'setShown' | 'drawn'>;
  #width = $state(0);
  #height = $state(0);

  constructor(bridge: Pick<Bridge, 'nextFrame' | 'setShown' | 'drawn'>) {
    this.#bridge = bridge;
  }

  /** The size of the last picture drawn; 0 before the first. */
  get width(): number {
    return this.#width;
  }

  get height(): number {
    return this.#height;
  }

  /** Draws on the canvas while the window is shown, until the returned function is called. */
  show(canvas: HTMLCanvasElement): () => void {
    let stop: (() => void) | undefined;
    const react = () => {
      void this.#bridge.setShown(!document.hidden).catch(() => undefined);
      if (document.hidden) {
        stop?.();
        stop = undefined;
      } else stop ??= this.#run(canvas);
    };
    document.addEventListener('visibilitychange', react);
    react();
    return () => {
      document.removeEventListener('visibilitychange', react);
      stop?.();
    };
  }

  #run(canvas: HTMLCanvasElement): () => void {
    const abort = new AbortController();
    void this.#loop(canvas, abort.signal);
    return () => abort.abort();
  }

  async #loop(canvas: HTMLCanvasElement, signal: AbortSignal): Promise<void> {
    let after = '0';
    while (!signal.aborted) {
      try {
        after = await this.#next(canvas, after, signal);
      } catch {
        await rest(retryMs);
      }
    }
  }

  async #next(canvas: HTMLCanvasElement, after: string, signal: AbortSignal): Promise<string> {
    const edge = liveEdge(canvas.clientWidth, canvas.clientHeight, devicePixelRatio);
    const frame = await this.#bridge.nextFrame(after, edge, signal);
    if (!frame || signal.aborted) return after;
    const bitmap = await createImageBitmap(frame.picture);
    this.#draw(canvas, bitmap);
    bitmap.close();
    return frame.number;
  }

  #draw(canvas: HTMLCanvasElement, bitmap: ImageBitmap): void {
    if (canvas.width !== bitmap.width || canvas.height !== bitmap.height) {
      canvas.width = this.#width = bitmap.width;
      canvas.height = this.#height = bitmap.height;
    }
    canvas.getContext('2d', { alpha: false })?.drawImage(bitmap, 0, 0);
    this.#markFirst();
  }

  // For whoever measures the start: in the page's own timeline, and in the program's log.
  #markFirst(): void {
    if (performance.getEntriesByName('sightline:first-draw').length > 0) return;
    performance.mark('sightline:first-draw');
    void this.#bridge.drawn().catch(() => undefined);
  }
}
