import type { Bridge } from '../bridge';
import type { Notices } from './notices.svelte';
import type { BackendForm, BackendInfo, FoundServer, Prompt, SavedBackend, Settings, Snapshot, ThemeName, TimeLimits } from './types';

const empty: Settings = { version: 0, theme: 'auto', backends: [], prompts: [], times: {} };

/** What all windows have in common: saved backends, prompts, theme and time limits. */
export class Library {
  readonly #bridge: Bridge;
  readonly #notices: Notices;
  #settings = $state.raw(empty);
  #presets = $state.raw<readonly Prompt[]>([]);
  #keyring = $state(true);

  constructor(bridge: Bridge, notices: Notices) {
    this.#bridge = bridge;
    this.#notices = notices;
  }

  get theme(): ThemeName {
    return this.#settings.theme;
  }

  get backends(): readonly SavedBackend[] {
    return this.#settings.backends ?? [];
  }

  get prompts(): readonly Prompt[] {
    return this.#settings.prompts ?? [];
  }

  get times(): TimeLimits {
    return this.#settings.times;
  }

  get presets(): readonly Prompt[] {
    return this.#presets;
  }

  /** Whether keys outlive this run. */
  get keyring(): boolean {
    return this.#keyring;
  }

  load(snapshot: Snapshot): void {
    this.#settings = snapshot.settings;
    this.#presets = snapshot.presets ?? [];
    this.#keyring = snapshot.keyring;
  }

  apply(settings: Settings): void {
    this.#settings = settings;
  }

  /** The servers that answer on this machine. They are offered, never used by themselves. */
  findServers(): Promise<FoundServer[]> {
    return this.#bridge.findServers();
  }

  inspect(url: string, key = ''): Promise<BackendInfo> {
    return this.#bridge.inspectBackend(url, key);
  }

  /** Rejects with the fault to show beside the form. */
  async saveBackend(form: BackendForm): Promise<SavedBackend> {
    const saved = await this.#bridge.saveBackend(form);
    this.#settings = { ...this.#settings, backends: merged(this.backends, saved) };
    return saved;
  }

  async deleteBackend(id: string): Promise<void> {
    const done = await this.#notices.guard(() => this.#bridge.deleteBackend(id));
    if (done) this.#settings = { ...this.#settings, backends: this.backends.filter((b) => b.id !== id) };
  }

  /** Rejects with the fault to show beside the form. */
  async savePrompt(prompt: Prompt): Promise<Prompt> {
    const saved = await this.#bridge.savePrompt(prompt);
    this.#settings = { ...this.#settings, prompts: merged(this.prompts, saved) };
    return saved;
  }

  async deletePrompt(id: string): Promise<void> {
    const done = await this.#notices.guard(() => this.#bridge.deletePrompt(id));
    if (done) this.#settings = { ...this.#settings, prompts: this.prompts.filter((p) => p.id !== id) };
  }

  async setTheme(theme: ThemeName): Promise<void> {
    const before = this.#settings;
    this.#settings = { ...before, theme };
    if (!(await this.#notices.guard(() => this.#bridge.setTheme(theme)))) this.#settings = before;
  }

  async setTimes(times: TimeLimits): Promise<void> {
    const before = this.#settings;
    this.#settings = { ...before, times };
    if (!(await this.#notices.guard(() => this.#bridge.setTimes(times)))) this.#settings = before;
  }
}

function merged<T extends { id: string }>(all: readonly T[], one: T): T[] {
  return all.some((other) => other.id === one.id) ? all.map((other) => (other.id === one.id ? one : other)) : [...all, one];
}
