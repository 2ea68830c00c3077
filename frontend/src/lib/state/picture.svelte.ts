import { liveEdge } from '$lib/text/numbers';
import type { Bridge } from '../bridge';

const rest = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const retryMs = 1000;
const firstMs = 3000;

/** The live picture on a canvas: one request at a time, the next after the draw, so a slow webview gets fewer pictures and never old ones. */
export class LivePicture {
  readonly #bridge: Pick<Bridge, 'nextFrame' | 'setShown' | 'drawn'>;
  #first: Promise<void> = Promise.resolve();
  #ahead: { number: string; bitmap: ImageBitmap } | null = null;
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

  /**
   * Fetches the first picture ahead of the canvas, so that a window opens with it in place of an empty stage. Ends when it is there, or after
   * `patience` ms; a picture that comes later is drawn first all the same.
   */
  async prepare(patience: number): Promise<void> {
    this.#first = this.#fetchFirst();
    await Promise.race([this.#first, rest(patience)]);
  }

  async #fetchFirst(): Promise<void> {
    try {
      void this.#bridge.setShown(!document.hidden).catch(() => undefined);
      const edge = liveEdge(innerWidth, innerHeight, devicePixelRatio);
      const frame = await this.#bridge.nextFrame('0', edge, AbortSignal.timeout(firstMs));
      if (frame) this.#ahead = { number: frame.number, bitmap: await createImageBitmap(frame.picture) };
    } catch {
      // The loop asks again, and tells what is wrong.
    }
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
    let after = this.#drawAhead(canvas);
    if (after === '0') {
      await this.#first;
      after = this.#drawAhead(canvas);
    }
    while (!signal.aborted) {
      try {
        after = await this.#next(canvas, after, signal);
      } catch {
        await rest(retryMs);
      }
    }
  }

  // Draws what was fetched ahead, once, and gives its number.
  #drawAhead(canvas: HTMLCanvasElement): string {
    const ahead = this.#ahead;
    if (!ahead) return '0';
    this.#ahead = null;
    this.#draw(canvas, ahead.bitmap);
    ahead.bitmap.close();
    return ahead.number;
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
