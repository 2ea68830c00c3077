import type { App } from '$lib/state/app';
import type { Choices, Source } from '$lib/state/types';
import { roundRate } from '$lib/text/sources';
import { t } from '$lib/text/strings';
import { s } from '$lib/text/strings-sources';

/** Whether a source is lost only because there is no more of it. */
export const isEnded = ({ state, fault }: Source) => state === 'lost' && fault?.code === 'source.finished';

/** The size and the rate at which pictures really come; empty while that is not known. */
export function measured({ state, width, height, fps }: Source): string {
  if (state !== 'live') return '';
  return [width > 0 ? t.source.size(width, height) : '', fps > 0 ? t.source.fps(Math.round(fps)) : ''].filter(Boolean).join(' · ');
}

/** How a source does, in a few words. */
export function detailsOf(source: Source): string {
  if (source.state === 'live') return measured(source);
  return isEnded(source) ? s.ended : t.source[source.state];
}

/** A mode as a person chooses it. */
export const modeName = ({ width, height, fps }: { width: number; height: number; fps?: number }) =>
  s.mode(width, height, fps === undefined ? undefined : roundRate(fps));

/** Watches the same camera in another mode: it is seen as before. */
export function useMode({ session }: App, uri: string): void {
  const { rotate, mirror, crop } = session.window;
  const view: Choices = { rotate, mirror, ...(crop ? { crop } : {}) };
  void session.choose({ source: uri, cameraOn: true, ...view });
}

/** Watches what the person picks, unless they change their mind. */
export async function watchPicked({ session, notices }: App, pick: () => Promise<string>): Promise<void> {
  await notices.guard(async () => {
    const uri = await pick();
    if (uri !== '') await session.watch(uri);
  });
}

/** Lets the person say where ffmpeg is, and tries the source again with it. */
export async function chooseFfmpeg({ library, notices, session, sources }: App): Promise<void> {
  await notices.guard(async () => {
    const path = await sources.pickProgram();
    if (path !== '' && (await library.setFfmpeg(path)) && session.source.state === 'lost') await session.reopen();
  });
}
