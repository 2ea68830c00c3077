// What a journey on the real program needs: a home of its own, a display, a backend, and the program; all of it ends with `close`.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

export const root = new URL('../../', import.meta.url).pathname;
export const pictures = new URL('../test-results/', import.meta.url).pathname;

/** Chromium as the system has it: CHROMIUM names another. */
const browsers = [process.env.CHROMIUM, '/usr/bin/chromium', '/snap/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

export const chromium = {
  executablePath: browsers.find((path) => path && existsSync(path)),
  args: '--headless=new --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync'.split(
    ' ',
  ),
};

/** Tries until `look` gives something, and throws what is missing after `seconds`. */
export async function until(what, look, seconds = 30) {
  for (const end = Date.now() + seconds * 1000; Date.now() < end; await wait(100)) {
    const found = await look();
    if (found) return found;
  }
  throw new Error(`within ${seconds} s there was no ${what}`);
}

export class Rig {
  static #displays = 0;
  #ends = [];

  /** A home where nobody has ever started Sightline, or one that is there and stays; and a display. */
  static async open(size = '1360x860', kept) {
    const rig = new Rig();
    const home = kept ?? (await mkdtemp(join(tmpdir(), 'sightline-e2e-')));
    if (!kept) rig.#ends.push(() => rm(home, { recursive: true, force: true }));
    const place = (name) => join(home, name);
    for (const name of ['config', 'state', 'cache', 'run']) await mkdir(place(name), { mode: 0o700, recursive: true });
    rig.env = {
      PATH: process.env.PATH,
      HOME: home,
      XDG_CONFIG_HOME: place('config'),
      XDG_STATE_HOME: place('state'),
      XDG_CACHE_HOME: place('cache'),
      XDG_RUNTIME_DIR: place('run'),
    };
    rig.home = home;
    rig.env.DISPLAY = await rig.#display(size);
    return rig;
  }

  async #display(size) {
    // Of two displays that look for a free number at the same moment one may fail, so each gets its own. Without -noreset a display starts anew whenever its
    // last client leaves, and throws out whoever is just coming.
    const own = `:${1000 + ((process.pid * 8 + Rig.#displays++) % 50_000)}`;
    const child = this.#child('Xvfb', [own, '-displayfd', '1', '-screen', '0', `${size}x24`, '-nolisten', 'tcp', '-noreset'], process.env);
    return `:${await this.#firstLine(child, 'display')}`;
  }

  /** A window manager, which passes on the wish to close a window; it draws no frames, so that windows lie where they say. */
  async windowManager() {
    const config = join(this.home, 'openbox.xml');
    await writeFile(config, '<openbox_config><applications><application class="*"><decor>no</decor></application></applications></openbox_config>');
    this.#child('openbox', ['--sm-disable', '--config-file', config], this.env);
    await until('window manager', () => this.run('wmctrl', '-m').catch(() => null));
  }

  /** A backend that answers from thin air; gives its URL. */
  async backend(...flags) {
    const child = this.#child(join(root, 'build/bin/fakevlm'), ['-between', '20ms', ...(flags.length > 0 ? flags : ['-words', '6'])], process.env);
    return this.#firstLine(child, 'backend');
  }

  /** Starts a program in this home: one that was built, by its name, or any other by its path. */
  start(program, env = {}, ...args) {
    return this.#child(resolve(root, 'build/bin', program), args, { ...this.env, ...env });
  }

  /** A loopback port that is free now. */
  async freePort() {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((ready) => server.once('listening', ready));
    const { port } = server.address();
    await new Promise((closed) => server.close(closed));
    return port;
  }

  /** Runs a tool on the display and gives what it prints; a Buffer, for pictures. */
  run(command, ...args) {
    return new Promise((done, failed) => {
      const child = spawn(command, args, { env: { ...process.env, ...this.env }, cwd: root, timeout: 30_000 });
      const out = [];
      let errors = '';
      child.stdout.on('data', (data) => out.push(data));
      child.stderr.on('data', (data) => (errors += data));
      child.on('error', failed);
      child.on('close', (code) => (code === 0 ? done(Buffer.concat(out)) : failed(new Error(`${command} ${args.join(' ')}: ${code} ${errors}`))));
    });
  }

  /** The windows on the display, by the IDs of their X windows. */
  async windows() {
    const list = (await this.run('wmctrl', '-l').catch(() => '')).toString();
    return list.split('\n').filter((line) => line.includes('Sightline')).map((line) => line.split(' ')[0]);
  }

  /** What the program says of its windows. */
  async listed() {
    const said = await this.run(join(root, 'build/bin/sightline'), 'windows', '--json');
    return JSON.parse(said.toString()).windows;
  }

  /** The process of a window: the one that listens for it. */
  async processOf(id) {
    for (const line of await this.processes()) {
      const [pid, command] = [line.slice(0, line.indexOf(' ')), line.slice(line.indexOf(' ') + 1)];
      if (command.includes('/sightline') && command.includes(`--window ${id} `)) return Number(pid);
    }
    return 0;
  }

  /** The processes that live in this home: the program and all it started. */
  async processes() {
    const mine = [];
    for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
      const environ = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '');
      const state = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => ') Z');
      if (environ.includes(`HOME=${this.home}\0`) && !/\) Z/.test(state)) mine.push(`${pid} ${(await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).replaceAll('\0', ' ')}`);
    }
    return mine;
  }

  async close() {
    for (const end of this.#ends.reverse()) await end();
  }

  #child(command, args, env) {
    const child = spawn(command, args, { env, cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    child.ended = new Promise((done) => child.on('close', done));
    child.log = '';
    child.stderr.on('data', (data) => (child.log += data));
    child.stdout.on('data', (data) => (child.log += data));
    child.on('error', (error) => (child.log += error));
    this.#ends.push(async () => {
      child.kill('SIGKILL');
      await child.ended;
    });
    return child;
  }

  async #firstLine(child, what) {
    const line = await until(what, () => child.log.includes('\n') && child.log.split('\n')[0]);
    return line.trim();
  }
}
