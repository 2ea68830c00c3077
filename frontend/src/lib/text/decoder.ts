import { h } from './strings-history';

/** The kind of video that recordings have. */
export const recordedType = 'video/mp4; codecs="avc1.42E01F"';

/** What to say where a recording's video cannot be played: what is missing, as far as it is known, and how to get it. */
export function missingDecoder(userAgent: string, trouble: 'missing' | 'broken'): string {
  const linux = /Linux|X11/.test(userAgent) && !userAgent.includes('Android');
  if (trouble === 'missing') return linux ? h.player.noDecoderLinux : h.player.noDecoder;
  return linux ? `${h.player.broken} ${h.player.brokenLinux}` : h.player.broken;
}
