// A stand-in for NVIDIA's management library: GPUs that do as the files in $NVMLSTUB say.
//
//   init       nvmlInit returns this number
//   gone       the driver is no longer loaded; when it is again, nvmlInit must be called again
//   hang       no GPU can be reached as long as this file is there: the call does not return
//   lost       GPU 1 has fallen off the bus
//   error      every call about a GPU returns this number
//   samples    lines of "time stamp, percent": the utilisation samples of all GPUs
//   reasons    why clocks are held down, as bits
//   energy     the energy counter of GPU 0, mJ
//   processes  lines of "c or g, PID, bytes": who uses GPU 0; bytes may be -1, not known
//   mig        GPU 0 is split in two
//   ruled      who uses a split GPU is told of its parts only
//   virtual    the virtualisation mode of GPU 1
//   calls      written by the stub: one byte for each look, to be counted
//   shut       written by the stub: one byte for each nvmlShutdown
//   asked      written by the stub where it is there: the names of the functions called, a line each
//
// Built with -DYEAR=2012, 2016 or 2020 it lacks what a driver of that year lacks, with -DHOLLOW it lacks everything.
// -DBUSY makes it, without any files, as busy as a GPU gets: a full buffer of samples at each look, and three processes.
// -DGPUS=8 makes it eight GPUs instead of two, -DNAME='"Other"' calls them otherwise.

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifndef YEAR
#define YEAR 2025
#endif
#ifndef GPUS
#define GPUS 2
#endif
#ifndef NAME
#define NAME "Stub"
#endif

enum {
  SUCCESS = 0, INVALID_ARGUMENT = 2, NOT_SUPPORTED = 3, NO_PERMISSION = 4, NOT_FOUND = 6, INSUFFICIENT_SIZE = 7,
  DRIVER_NOT_LOADED = 9, GPU_IS_LOST = 15, ARGUMENT_VERSION_MISMATCH = 25
};

#ifndef HOLLOW

struct gpu { int index; int part; }; // part: -1 for the whole
struct memory { unsigned long long total, free, used; };
struct memory_v2 { unsigned int version; unsigned long long total, reserved, free, used; };
struct utilisation { unsigned int gpu, memory; };
struct sample { unsigned long long stamp; union { unsigned int percent; unsigned long long room; } value; };
struct process_v1 { unsigned int pid; unsigned long long bytes; };
struct process_v2 { unsigned int pid; unsigned long long bytes; unsigned int instance, compute; };
struct attributes { unsigned int multiprocessors, copiers, decoders, encoders, jpegs, ofas, slices, compute_slices; unsigned long long mb; };

static struct gpu gpus[GPUS];
static struct gpu parts[2];
static int running;

static FILE *control(const char *name, const char *mode) {
  char path[4096];
  const char *dir = getenv("NVMLSTUB");
  if (!dir) return NULL;
  snprintf(path, sizeof path, "%s/%s", dir, name);
  return fopen(path, mode);
}

static void note(const char *name) {
  FILE *f = control(name, "a");
  if (!f) return;
  fputc('.', f);
  fclose(f);
}

static int there(const char *name) {
  FILE *f = control(name, "r");
  if (f) fclose(f);
  return f != NULL;
}

static long long number(const char *name, long long otherwise) {
  long long n = otherwise;
  FILE *f = control(name, "r");
  if (!f) return otherwise;
  if (fscanf(f, "%lld", &n) != 1) n = 999;
  fclose(f);
  return n;
}

// asked notes a call about a GPU, and is what is wrong with it.
static int asked(const char *function, struct gpu *g) {
  FILE *f = control("asked", "r+");
  if (f) {
    fseek(f, 0, SEEK_END);
    fprintf(f, "%s\n", function);
    fclose(f);
  }
  if (g->index == 1 && there("lost")) return GPU_IS_LOST;
  return (int)number("error", SUCCESS);
}

#define ASKED(g) do { int wrong = asked(__func__, g); if (wrong) return wrong; } while (0)

static int init(void) {
  int code = (int)number("init", SUCCESS);
  running = code == SUCCESS;
  for (int i = 0; i < GPUS; i++) gpus[i] = (struct gpu){i, -1};
  for (int i = 0; i < 2; i++) parts[i] = (struct gpu){0, i};
  return code;
}

static int count(unsigned int *n) {
  note("calls");
  if (there("gone")) running = 0;
  if (!running) return DRIVER_NOT_LOADED;
  *n = GPUS;
  return SUCCESS;
}

static int handle(unsigned int i, struct gpu **g) {
  while (there("hang")) usleep(5000);
  if (i >= GPUS) return INVALID_ARGUMENT;
  *g = &gpus[i];
  return SUCCESS;
}

int nvmlShutdown(void) {
  note("shut");
  return SUCCESS;
}

int nvmlDeviceGetName(struct gpu *g, char *name, unsigned int room) {
  ASKED(g);
  if (g->part < 0)
    snprintf(name, room, "%s %c", NAME, 'A' + g->index);
  else
    snprintf(name, room, "%s %c MIG %dg.%dgb", NAME, 'A' + g->index, 3 + g->part, 20);
  return SUCCESS;
}

int nvmlDeviceGetMemoryInfo(struct gpu *g, struct memory *m) {
  ASKED(g);
  m->total = 8ULL << 30;
  m->used = (1ULL + g->index) << 30;
  m->free = m->total - m->used;
  return SUCCESS;
}

int nvmlDeviceGetUtilizationRates(struct gpu *g, struct utilisation *u) {
  ASKED(g);
  u->gpu = 90 + g->index;
  u->memory = 5;
  return SUCCESS;
}

#if YEAR < 2013

int nvmlInit(void) { return init(); }
int nvmlDeviceGetCount(unsigned int *n) { return count(n); }
int nvmlDeviceGetHandleByIndex(unsigned int i, struct gpu **g) { return handle(i, g); }

#else

int nvmlInit_v2(void) { return init(); }
int nvmlDeviceGetCount_v2(unsigned int *n) { return count(n); }
int nvmlDeviceGetHandleByIndex_v2(unsigned int i, struct gpu **g) { return handle(i, g); }

int nvmlDeviceGetUUID(struct gpu *g, char *uuid, unsigned int room) {
  ASKED(g);
  if (g->part < 0)
    snprintf(uuid, room, "GPU-%d", g->index);
  else
    snprintf(uuid, room, "MIG-%d-%d", g->index, g->part);
  return SUCCESS;
}

int nvmlDeviceGetTemperature(struct gpu *g, int sensor, unsigned int *celsius) {
  ASKED(g);
  *celsius = 60 + g->index;
  return SUCCESS;
}

int nvmlDeviceGetPowerUsage(struct gpu *g, unsigned int *milliwatts) {
  ASKED(g);
  if (g->index == 1) return NOT_SUPPORTED;
  *milliwatts = 123456;
  return SUCCESS;
}

int nvmlDeviceGetPowerManagementLimit(struct gpu *g, unsigned int *milliwatts) {
  ASKED(g);
  if (g->index == 1) return NOT_SUPPORTED;
  *milliwatts = 300000;
  return SUCCESS;
}

int nvmlDeviceGetEncoderUtilization(struct gpu *g, unsigned int *percent, unsigned int *period) {
  ASKED(g);
  *percent = 7;
  return SUCCESS;
}

int nvmlDeviceGetDecoderUtilization(struct gpu *g, unsigned int *percent, unsigned int *period) {
  ASKED(g);
  *percent = 8;
  return SUCCESS;
}

int nvmlDeviceGetClockInfo(struct gpu *g, int which, unsigned int *megahertz) {
  ASKED(g);
  *megahertz = which == 0 ? 1410 : 1215;
  return SUCCESS;
}

// As the real one, it first says how much room it wants, which is more than it fills.
int nvmlDeviceGetSamples(struct gpu *g, int type, unsigned long long seen, int *kind, unsigned int *n, struct sample *out) {
  unsigned long long stamp;
  unsigned int percent, filled = 0, room = *n;
  FILE *f;
  ASKED(g);
  *kind = 1;
#ifdef BUSY
  for (unsigned int i = 0; out && i < *n; i++) out[i] = (struct sample){seen + 1 + i, {i % 100}};
  *n = 100;
  return SUCCESS;
#endif
  if (!(f = control("samples", "r"))) return NOT_SUPPORTED;
  *n = 100;
  while (out && fscanf(f, "%llu %u", &stamp, &percent) == 2)
    if (stamp > seen) {
      if (filled == room) break;
      out[filled].stamp = stamp;
      out[filled++].value.percent = percent;
    }
  fclose(f);
  if (!out) return SUCCESS;
  *n = filled;
  return filled ? SUCCESS : NOT_FOUND;
}

static int reasons(struct gpu *g, unsigned long long *bits) {
  *bits = (unsigned long long)number("reasons", 1);
  return SUCCESS;
}

// processes gives out one list or the other, with 24 bytes for each where wide, else 16.
static int processes(struct gpu *g, char kind, unsigned int *n, void *out, int wide) {
  unsigned int pid, found = 0, room = *n;
  long long bytes;
  char k;
  FILE *f;
#ifdef BUSY
  *n = 3;
  for (unsigned int i = 0; i < 3 && i < room && wide; i++) ((struct process_v2 *)out)[i] = (struct process_v2){getpid() - i, 1 << 30, 0, 0};
  return room < 3 ? INSUFFICIENT_SIZE : SUCCESS;
#endif
  if (g->part < 0 && there("ruled")) return NO_PERMISSION;
  *n = 0;
  if (g->index != 0 || !(f = control("processes", "r"))) return SUCCESS;
  while (fscanf(f, " %c %u %lld", &k, &pid, &bytes) == 3)
    if (k == kind) {
      if (found < room && wide) ((struct process_v2 *)out)[found] = (struct process_v2){pid, (unsigned long long)bytes, 0, 0};
      if (found < room && !wide) ((struct process_v1 *)out)[found] = (struct process_v1){pid, (unsigned long long)bytes};
      found++;
    }
  fclose(f);
  *n = found;
  return found > room ? INSUFFICIENT_SIZE : SUCCESS;
}

#define PROCESSES(version, wide) \
  int nvmlDeviceGetComputeRunningProcesses##version(struct gpu *g, unsigned int *n, void *out) { \
    ASKED(g); \
    return processes(g, 'c', n, out, wide); \
  } \
  int nvmlDeviceGetGraphicsRunningProcesses##version(struct gpu *g, unsigned int *n, void *out) { \
    ASKED(g); \
    return processes(g, 'g', n, out, wide); \
  }

PROCESSES(, 0)

#if YEAR < 2022
int nvmlDeviceGetCurrentClocksThrottleReasons(struct gpu *g, unsigned long long *bits) {
  ASKED(g);
  return reasons(g, bits);
}
#else
int nvmlDeviceGetCurrentClocksEventReasons(struct gpu *g, unsigned long long *bits) {
  ASKED(g);
  return reasons(g, bits);
}
#endif

#if YEAR >= 2020

PROCESSES(_v2, 1)

int nvmlDeviceGetEnforcedPowerLimit(struct gpu *g, unsigned int *milliwatts) {
  ASKED(g);
  if (g->index == 1) return NOT_SUPPORTED;
  *milliwatts = 250000;
  return SUCCESS;
}

int nvmlDeviceGetTotalEnergyConsumption(struct gpu *g, unsigned long long *millijoules) {
  ASKED(g);
  if (g->index == 1) return NOT_SUPPORTED;
  *millijoules = (unsigned long long)number("energy", 5000);
  return SUCCESS;
}

int nvmlDeviceGetVirtualizationMode(struct gpu *g, unsigned int *mode) {
  ASKED(g);
  *mode = g->index == 1 ? (unsigned int)number("virtual", 0) : 0;
  return SUCCESS;
}

int nvmlDeviceGetMigMode(struct gpu *g, unsigned int *now, unsigned int *then) {
  ASKED(g);
  if (g->index != 0) return NOT_SUPPORTED;
  *now = *then = there("mig");
  return SUCCESS;
}

int nvmlDeviceGetMaxMigDeviceCount(struct gpu *g, unsigned int *n) {
  ASKED(g);
  *n = 7;
  return SUCCESS;
}

int nvmlDeviceGetMigDeviceHandleByIndex(struct gpu *g, unsigned int i, struct gpu **part) {
  ASKED(g);
  if (i != 0 && i != 2) return NOT_FOUND; // places may be empty
  *part = &parts[i / 2];
  return SUCCESS;
}

int nvmlDeviceGetAttributes_v2(struct gpu *g, struct attributes *a) {
  ASKED(g);
  memset(a, 0, sizeof *a);
  a->slices = 3 + g->part;
  a->mb = 19968;
  return SUCCESS;
}

#endif

#if YEAR >= 2022

PROCESSES(_v3, 1)

int nvmlDeviceGetMemoryInfo_v2(struct gpu *g, struct memory_v2 *m) {
  ASKED(g);
  if (m->version != (sizeof *m | 2 << 24)) return ARGUMENT_VERSION_MISMATCH;
  m->total = 8ULL << 30;
  m->reserved = 1ULL << 28;
  m->used = ((1ULL + g->index) << 30) - m->reserved;
  m->free = m->total - m->used - m->reserved;
  return SUCCESS;
}

#endif
#endif
#endif
