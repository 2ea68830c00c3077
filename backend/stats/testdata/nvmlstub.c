// A stand-in for NVIDIA's management library: two GPUs that do as the files in $NVMLSTUB say.
//
//   init     nvmlInit returns this number
//   hang     the memory of a GPU cannot be read as long as this file is there
//   lost     GPU 1 has fallen off the bus
//   gone     the driver is no longer loaded; when it is again, nvmlInit must be called again
//   samples  lines of "time stamp, percent": the utilisation samples of both GPUs
//   calls    written by the stub: one byte for each look, to be counted
//   shut     written by the stub: one byte for each nvmlShutdown
//
// Built with -DOLD it lacks what a driver of 2012 lacks, with -DHOLLOW it lacks everything.

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SUCCESS = 0, INVALID_ARGUMENT = 2, NOT_SUPPORTED = 3, NOT_FOUND = 6, DRIVER_NOT_LOADED = 9, GPU_IS_LOST = 15 };

#ifndef HOLLOW

struct gpu { int index; };
struct memory { unsigned long long total, free, used; };
struct utilisation { unsigned int gpu, memory; };
struct sample { unsigned long long stamp; union { unsigned int percent; unsigned long long room; } value; };

static struct gpu gpus[2] = {{0}, {1}};
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

static int init(void) {
  int code = SUCCESS;
  FILE *f = control("init", "r");
  if (f) {
    if (fscanf(f, "%d", &code) != 1) code = 999;
    fclose(f);
  }
  running = code == SUCCESS;
  return code;
}

static int count(unsigned int *n) {
  note("calls");
  if (there("gone")) running = 0;
  if (!running) return DRIVER_NOT_LOADED;
  *n = 2;
  return SUCCESS;
}

static int handle(unsigned int i, struct gpu **g) {
  if (i > 1) return INVALID_ARGUMENT;
  *g = &gpus[i];
  return SUCCESS;
}

static int lost(struct gpu *g) { return g->index == 1 && there("lost"); }

int nvmlShutdown(void) {
  note("shut");
  return SUCCESS;
}

int nvmlDeviceGetName(struct gpu *g, char *name, unsigned int room) {
  snprintf(name, room, "Stub %c", 'A' + g->index);
  return SUCCESS;
}

int nvmlDeviceGetMemoryInfo(struct gpu *g, struct memory *m) {
  while (there("hang")) usleep(5000);
  if (lost(g)) return GPU_IS_LOST;
  m->total = 8ULL << 30;
  m->used = (1ULL + g->index) << 30;
  m->free = m->total - m->used;
  return SUCCESS;
}

int nvmlDeviceGetUtilizationRates(struct gpu *g, struct utilisation *u) {
  if (lost(g)) return GPU_IS_LOST;
  u->gpu = 90 + g->index;
  u->memory = 5;
  return SUCCESS;
}

#ifdef OLD

int nvmlInit(void) { return init(); }
int nvmlDeviceGetCount(unsigned int *n) { return count(n); }
int nvmlDeviceGetHandleByIndex(unsigned int i, struct gpu **g) { return handle(i, g); }

#else

int nvmlInit_v2(void) { return init(); }
int nvmlDeviceGetCount_v2(unsigned int *n) { return count(n); }
int nvmlDeviceGetHandleByIndex_v2(unsigned int i, struct gpu **g) { return handle(i, g); }

int nvmlDeviceGetTemperature(struct gpu *g, int sensor, unsigned int *celsius) {
  *celsius = 60 + g->index;
  return SUCCESS;
}

int nvmlDeviceGetPowerUsage(struct gpu *g, unsigned int *milliwatts) {
  if (g->index == 1) return NOT_SUPPORTED;
  *milliwatts = 123456;
  return SUCCESS;
}

// As the real one, it first says how much room it wants, which is more than it fills.
int nvmlDeviceGetSamples(struct gpu *g, int type, unsigned long long seen, int *kind, unsigned int *n, struct sample *out) {
  unsigned long long stamp;
  unsigned int percent, filled = 0, room = *n;
  FILE *f = control("samples", "r");
  if (!f) return NOT_SUPPORTED;
  *kind = 1;
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

#endif
#endif
