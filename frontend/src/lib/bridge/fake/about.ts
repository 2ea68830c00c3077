import type { Bridge } from '../bridge';
import type { Play } from './play';

/** What the program says of itself; "crashed" in the address: after a crash. */
export function about(play: Play, query: URLSearchParams): Pick<Bridge, 'program' | 'diagnostics'> {
  return {
    program: () =>
      Promise.resolve({
        version: play.snapshot.version,
        homepage: 'https://sightline.example/',
        notice: made,
        log: '/home/ada/.local/state/sightline/sightline.log',
        crash: query.has('crashed') ? '/home/ada/.local/state/sightline/crashes/crash-20261122T101500Z-main.txt' : '',
      }),
    diagnostics: (webview) => Promise.resolve(found(play.snapshot.version, webview)),
  };
}

const made = `Sightline
Copyright 2026 The authors of Sightline
Licensed under the Apache License, Version 2.0 (see LICENSE).

== Linked into the programs, and why

Wails v2 (MIT)                      the window, and the bridge between page and program
pion/mediadevices (MIT)             cameras on Linux and Windows
NVIDIA/go-nvml (Apache-2.0)         NVIDIA GPUs' load; the library itself is loaded from the system, where there is one
`;

const found = (version: string, webview: string) => `## Sightline ${version}

- linux/amd64, go1.26.8, tags desktop,production,webkit2_41
- Debian GNU/Linux 12 (bookworm), Wayland, GNOME
- webview: ${webview}
- 16 processors (AMD Ryzen 9 7950X), 10035 of 32768 MB used
- GPU: NVIDIA GeForce RTX 4090 (gpu)
- this window: 9 % of a core, 212 MB in 3 processes
- source: camera, live, 1280×720, 30.0 fps
- asking: true, every 2s, 0 compared, picture 640 px
- outcomes: 3841 captured, 132 sampled, 128 answered, 3 superseded, 1 failed, 0 cancelled
- settings: 2 backends, 1 prompts, 0 private sources, limit of recordings 0 GB, metrics false

The newest lines of the log:

\`\`\`
time=2026-11-22T10:15:00.000Z level=INFO msg="first picture drawn"
time=2026-11-22T10:17:31.000Z level=WARN msg="question failed" seq=77 code=backend.silent
\`\`\`
`;
