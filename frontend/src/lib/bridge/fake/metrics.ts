import type { Bridge } from '../bridge';
import { Fault } from '../fault';
import type { MetricsState } from '../types';
import type { Play } from './play';

/** Serves nothing, and says it does. Port 9999 is taken, and a port is needed. */
export function metrics(play: Play): Pick<Bridge, 'setGauges' | 'metrics' | 'setMetrics'> {
  let tokenOf = '';
  const settings = () => play.snapshot.settings;
  const change = (some: Partial<ReturnType<typeof settings>>) => {
    play.snapshot = { ...play.snapshot, settings: { ...settings(), ...some } };
    play.tell({ kind: 'settings', settings: settings() });
  };
  const now = (): MetricsState => {
    const { on, address } = settings().metrics;
    const serving = address || '127.0.0.1:9717';
    return { on, address, serving, hasToken: tokenOf === serving };
  };
  return {
    setGauges: (gauges) => Promise.resolve(change({ gauges })),
    metrics: () => Promise.resolve(now()),
    setMetrics: ({ on, address, token }) => {
      const serving = address || '127.0.0.1:9717';
      if (on) check(serving, token !== '' || tokenOf === serving);
      if (token !== '') tokenOf = serving;
      change({ metrics: { on, address } });
      return Promise.resolve(now());
    },
  };
}

function check(address: string, token: boolean): void {
  if (!/:\d+$/.test(address)) throw new Fault('metrics.address', `${address} is no address to serve at.`, 'Write it as 127.0.0.1:9717.');
  if (address.endsWith(':9999')) throw new Fault('metrics.taken', 'Another program already serves at this address.', 'Choose another port.');
  if (!/^(127\.|localhost|\[::1\])/.test(address) && !token) throw new Fault('metrics.token', 'Others reach this address: it needs a token.', 'Make one, or type one.');
}
