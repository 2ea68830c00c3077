// Holds types.ts against what Wails generates from the program: a field that only one side has does not compile. Nothing here runs.
import type { about, capture, doctor, gpu, library, load, settings, sight, sources, stats, tally, view } from '../../../wailsjs/go/models';
import type * as wire from './types';

/** The fields of a generated class, without its methods. */
type Fields<T> = keyof { [K in keyof T as T[K] extends (...args: never[]) => unknown ? never : K]: T[K] };

type Same<Program, Page> = [
  Exclude<Fields<Program>, keyof Page> | Exclude<keyof Page, Fields<Program>>,
] extends [never]
  ? true
  : ['only in the program:', Exclude<Fields<Program>, keyof Page>, 'only in the page:', Exclude<keyof Page, Fields<Program>>];

type Holds<T extends true> = T;

export type Contract = [
  Holds<Same<about.Program, wire.Program>>,
  Holds<Same<capture.Device, wire.Device>>,
  Holds<Same<capture.Mode, wire.Mode>>,
  Holds<Same<settings.Backend, wire.SavedBackend>>,
  Holds<Same<doctor.Check, wire.Check>>,
  Holds<Same<doctor.Report, wire.Report>>,
  Holds<Same<settings.Column, wire.Column>>,
  Holds<Same<settings.Profile, wire.Profile>>,
  Holds<Same<settings.Prompt, wire.Prompt>>,
  Holds<Same<settings.TimeLimits, wire.TimeLimits>>,
  Holds<Same<settings.Settings, wire.Settings>>,
  Holds<Same<Omit<settings.Window, 'geometry'>, wire.WindowChoices>>, // where the window lies is the program's business
  Holds<Same<settings.Recording, wire.RecordingSettings>>,
  Holds<Same<settings.Gauges, wire.GaugesSettings>>,
  Holds<Same<settings.Metrics, wire.MetricsSettings>>,
  Holds<Same<library.Exported, wire.Exported>>,
  Holds<Same<library.ExportForm, wire.ExportForm>>,
  Holds<Same<library.Hit, wire.Hit>>,
  Holds<Same<library.Recording, wire.Recording>>,
  Holds<Same<library.Segment, wire.Segment>>,
  Holds<Same<library.Shelf, wire.Shelf>>,
  Holds<Same<sight.Box, wire.Box>>,
  Holds<Same<sight.Counts, wire.Counts>>,
  Holds<Same<sight.Exchange, wire.Exchange>>,
  Holds<Same<sight.LineError, wire.LineError>>,
  Holds<Same<sight.Region, wire.Region>>,
  Holds<Same<sources.Address, wire.CameraAddress>>,
  Holds<Same<sources.Known, wire.KnownAddress>>,
  Holds<Same<gpu.GPU, wire.Gpu>>,
  Holds<Same<gpu.Instance, wire.GpuInstance>>,
  Holds<Same<gpu.Memory, wire.MemoryUse>>,
  Holds<Same<gpu.Process, wire.GpuProcess>>,
  Holds<Same<load.Load, wire.Load>>,
  Holds<Same<load.Model, wire.LoadedModel>>,
  Holds<Same<stats.Disk, wire.DiskUse>>,
  Holds<Same<stats.Memory, wire.MemoryUse>>,
  Holds<Same<stats.Share, wire.Share>>,
  Holds<Same<stats.Snapshot, wire.StatsSnapshot>>,
  Holds<Same<tally.Asker, wire.AskerFigures>>,
  Holds<Same<tally.Energy, wire.EnergyFigures>>,
  Holds<Same<tally.Entry, wire.FigureEntry>>,
  Holds<Same<tally.Figures, wire.Figures>>,
  Holds<Same<tally.Spread, wire.Spread>>,
  Holds<Same<tally.Sum, wire.Sum>>,
  Holds<Same<tally.Summary, wire.Summary>>,
  Holds<Same<view.Asking, wire.Asking>>,
  Holds<Same<view.Before, wire.Before>>,
  Holds<Same<view.Recording, wire.RecordingState>>,
  Holds<Same<view.Backend, wire.Backend>>,
  Holds<Same<view.BackendForm, wire.BackendForm>>,
  Holds<Same<view.BackendInfo, wire.BackendInfo>>,
  Holds<Same<view.Choices, wire.Choices>>,
  Holds<Same<view.FoundServer, wire.FoundServer>>,
  Holds<Same<view.Metrics, wire.MetricsState>>,
  Holds<Same<view.MetricsForm, wire.MetricsForm>>,
  Holds<Same<view.Notice, wire.Notice>>,
  Holds<Same<view.Replica, wire.Replica>>,
  Holds<Same<view.Row, wire.Row>>,
  Holds<Same<view.Source, wire.Source>>,
  Holds<Same<sources.Listed, wire.Sources>>,
  Holds<Same<view.Snapshot, wire.Snapshot>>,
];
