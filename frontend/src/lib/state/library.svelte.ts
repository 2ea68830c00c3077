import { mayBeSame, sameNamed } from '$lib/text/sources';
import type { Bridge } from '../bridge';
import { noForm, noSettings } from './defaults';
import { Doctor } from './doctor.svelte';
import { merged } from './merged';
import type { Notices } from './notices.svelte';
import type { Again, BackendForm, BackendInfo, FoundServer, GaugesSettings, MetricsForm, MetricsSettings, MetricsState } from './types';
import type { Prompt, RecordingSettings, SavedBackend, Settings, Snapshot, ThemeName, TimeLimits } from './types';

/** What all windows have in common: saved backends and what was found out about them, prompts, theme, time limits, gauges, what stays private. */
export class Library {
  readonly doctor: Doctor;
  readonly #bridge: Bridge;
  readonly #notices: Notices;
  #settings = $state.raw(noSettings);
  #presets = $state.raw<readonly Prompt[]>([]);
  #keyring = $state(true);

  constructor(bridge: Bridge, notices: Notices) {
    this.#bridge = bridge;
    this.#notices = notices;
    this.doctor = new Doctor(bridge);
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

  /** What starting Sightline does while it runs. */
  get again(): Again {
    return this.#settings.again;
  }

  /** The sources whose pictures never leave this network. */
  get private(): readonly string[] {
    return this.#settings.private ?? [];
  }

  /** How recordings are made. */
  get recording(): RecordingSettings {
    return this.#settings.recording;
  }

  /** The program that decodes video; empty: the one that is found. */
  get ffmpeg(): string {
    return this.#settings.ffmpeg ?? '';
  }

  /** How often the machine is looked at, and how far back is remembered. */
  get gauges(): GaugesSettings {
    return this.#settings.gauges;
  }

  /** Whether, and where, Prometheus is told. */
  get metrics(): MetricsSettings {
    return this.#settings.metrics;
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

  /** A certificate file the person picks; empty when they changed their mind. */
  pickCertificate(): Promise<string> {
    return this.#bridge.pickCertificate();
  }

  /** A folder for recordings the person picks; empty when they changed their mind. */
  pickRecordings(): Promise<string> {
    return this.#bridge.pickRecordings();
  }

  inspect(url: string, key = '', caFile = ''): Promise<BackendInfo> {
    return this.#bridge.inspectBackend(url, key, caFile);
  }

  /** Rejects with the fault to show beside the form. What the form leaves out is as in one that nobody filled in. */
  async saveBackend(form: Partial<BackendForm>): Promise<SavedBackend> {
    const saved = await this.#bridge.saveBackend({ ...noForm, ...form });
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

  setTheme(theme: ThemeName): Promise<boolean> {
    return this.#ahead({ theme }, { theme: this.theme }, () => this.#bridge.setTheme(theme));
  }

  setTimes(times: TimeLimits): Promise<boolean> {
    return this.#ahead({ times }, { times: this.times }, () => this.#bridge.setTimes(times));
  }

  setAgain(again: Again): Promise<boolean> {
    return this.#ahead({ again }, { again: this.again }, () => this.#bridge.setAgain(again));
  }

  setRecording(now: RecordingSettings): Promise<boolean> {
    return this.#ahead({ recording: now }, { recording: this.recording }, () => this.#bridge.setRecording(now));
  }

  setFfmpeg(ffmpeg: string): Promise<boolean> {
    return this.#ahead({ ffmpeg }, { ffmpeg: this.ffmpeg }, () => this.#bridge.setFfmpeg(ffmpeg));
  }

  setGauges(gauges: GaugesSettings): Promise<boolean> {
    return this.#ahead({ gauges }, { gauges: this.gauges }, () => this.#bridge.setGauges(gauges));
  }

  /** What is told to Prometheus, with what the settings do not hold: whether a token is kept. */
  metricsState(): Promise<MetricsState> {
    return this.#bridge.metrics();
  }

  /** Rejects with the fault to show beside the form. */
  async setMetrics(form: MetricsForm): Promise<MetricsState> {
    const now = await this.#bridge.setMetrics(form);
    this.#settings = { ...this.#settings, metrics: { ...this.metrics, on: now.on, address: now.address } };
    return now;
  }

  /** Whether the pictures of a source never leave this network. */
  keepsHere(uri: string): boolean {
    return this.private.some((other) => mayBeSame(other, uri));
  }

  /** Keeps the pictures of a source on this network, or lets them leave it again, in whatever mode it was kept here. */
  setPrivate(uri: string, on: boolean): Promise<boolean> {
    const meant = on ? [uri] : this.private.filter((other) => sameNamed(other, uri));
    const now = [...this.private.filter((other) => !meant.includes(other)), ...(on ? meant : [])];
    const call = () => Promise.all(meant.map((one) => this.#bridge.setPrivate(one, on)));
    return this.#ahead({ private: now }, { private: [...this.private] }, call);
  }

  /** Whether an examination found out that a model sees no pictures. */
  blind(backend: string, model: string): boolean {
    return this.backends.find((saved) => saved.id === backend)?.profiles?.[model]?.sees === 'no';
  }

  // A change shows at once. Refused, it alone is undone: another window may have changed the rest meanwhile.
  async #ahead(change: Partial<Settings>, before: Partial<Settings>, call: () => Promise<unknown>): Promise<boolean> {
    this.#settings = { ...this.#settings, ...change };
    const done = await this.#notices.guard(call);
    if (!done) this.#settings = { ...this.#settings, ...before };
    return done;
  }
}
