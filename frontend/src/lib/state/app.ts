import { createContext } from 'svelte';
import type { Bridge } from '../bridge';
import { Figures } from './figures.svelte';
import { Library } from './library.svelte';
import { Notices } from './notices.svelte';
import { LivePicture } from './picture.svelte';
import { Recordings } from './recordings.svelte';
import { Screen } from './screen.svelte';
import { Session } from './session.svelte';
import { Sources } from './sources.svelte';
import { Stats } from './stats.svelte';
import { Theme } from './theme.svelte';
import { Talk } from './talk';
import { Windows } from './windows';

/** Everything a window's page knows, by what it is about. */
export interface App {
  session: Session;
  sources: Sources;
  library: Library;
  recordings: Recordings;
  notices: Notices;
  picture: LivePicture;
  stats: Stats;
  figures: Figures;
  theme: Theme;
  screen: Screen;
  talk: Talk;
  windows: Windows;
}

export function createApp(bridge: Bridge): App {
  const notices = new Notices();
  const library = new Library(bridge, notices);
  return {
    notices,
    library,
    recordings: new Recordings(bridge, notices),
    session: new Session(bridge, notices, library),
    sources: new Sources(bridge, notices),
    picture: new LivePicture(bridge),
    stats: new Stats(bridge, library),
    figures: new Figures(bridge, notices),
    theme: new Theme(library),
    screen: new Screen(bridge, notices),
    talk: new Talk(bridge, notices),
    windows: new Windows(bridge, notices),
  };
}

export const [app, provideApp] = createContext<App>();
