import type { Bridge } from './bridge';
import { Fault } from './fault';
import { wailsBridge } from './wails';

export type { Bridge, LiveFrame } from './bridge';
export { Fault } from './fault';

/** The program behind the window. In development, without one, a fake whose state the address chooses. */
export async function connect(): Promise<Bridge> {
  const bridge = wailsBridge();
  if (bridge) return bridge;
  if (import.meta.env.MODE !== 'production') {
    const { fakeBridge } = await import('./fake');
    return fakeBridge(new URLSearchParams(location.search));
  }
  throw new Fault('bridge.none', 'This page belongs inside Sightline.', 'Start Sightline instead of opening the page.');
}
