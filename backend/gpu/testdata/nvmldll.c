// A stand-in for NVIDIA's nvml.dll: an ordinary GPU, and one that is split by MIG. What they do is set by the test, which has the DLL loaded in
// the same process: stub_set(WHICH, VALUE), and stub_sample(STAMP, PERCENT) for the utilisation samples of the ordinary one.
//
// Built with -DOLD it lacks what a driver of 2012 lacks, and has the functions of that time; with -DHOLLOW it lacks everything.

#include <stdio.h>
#include <string.h>
#include <windows.h>

#define API __declspec(dllexport)

enum {
  SUCCESS = 0, UNINITIALIZED = 1, INVALID_ARGUMENT = 2, NOT_SUPPORTED = 3, NO_PERMISSION = 4, NOT_FOUND = 6, INSUFFICIENT_SIZE = 7,
  DRIVER_NOT_LOADED = 9, GPU_IS_LOST = 15
};

// What stub_set sets. HANG: milliseconds that a look at the memory takes.
enum { INIT, LOST, GONE, HANG, THROTTLED, PROCESSES, SHUT, SETTINGS };

static volatile LONG setting[SETTINGS];

API void stub_set(int which, LONG value) { setting[which] = value; }
API LONG stub_get(int which) { return setting[which]; }

#ifndef HOLLOW

typedef unsigned int u32;
typedef unsigned long long u64;

struct gpu { int index, part; };
struct memory { u64 total, free, used; };
struct memory_v2 { u32 version; u64 total, reserved, free, used; };
struct rates { u32 gpu, memory; };
struct sample { u64 stamp; union { u32 percent; u64 room; double real; } value; };
struct pci { char legacy[16]; u32 domain, bus, device, numbers, subsystems; char id[32]; };
struct process_v1 { u32 pid; u64 memory; };
struct process { u32 pid; u64 memory; u32 instance, part; };
struct attributes { u32 processors, copy, decoders, encoders, jpeg, flow, slices, compute; u64 mib; };

static struct gpu gpus[2] = {{0, 0}, {1, 0}};
static struct sample samples[100];
static u32 filled;
static int running;

API void stub_sample(u64 stamp, u32 percent) {
  samples[filled].stamp = stamp;
  samples[filled++].value.percent = percent;
}

static int init(void) {
  running = setting[INIT] == SUCCESS;
  return setting[INIT];
}

static int count(u32 *n) {
  if (setting[GONE]) running = 0;
  if (!running) return DRIVER_NOT_LOADED;
  *n = 2;
  return SUCCESS;
}

static int handle(u32 i, struct gpu **g) {
  if (i > 1) return INVALID_ARGUMENT;
  *g = &gpus[i];
  return SUCCESS;
}

static int lost(struct gpu *g) { return g->index == 0 && setting[LOST]; }

static u32 pid(u32 i) { return i == 0 ? GetCurrentProcessId() : 4000000000u + i; }

API int nvmlShutdown(void) {
  setting[SHUT]++;
  return SUCCESS;
}

API int nvmlDeviceGetName(struct gpu *g, char *name, u32 room) {
  if (g->part) snprintf(name, room, "Stub B MIG %dg.%dgb", g->part, 10 * g->part);
  else snprintf(name, room, "Stub %c", 'A' + g->index);
  return SUCCESS;
}

API int nvmlDeviceGetMemoryInfo(struct gpu *g, struct memory *m) {
  Sleep(setting[HANG]);
  if (lost(g)) return GPU_IS_LOST;
  m->total = 8ULL << 30;
  m->used = (2ULL + g->index) << 30;
  m->free = m->total - m->used;
  return SUCCESS;
}

API int nvmlDeviceGetUtilizationRates(struct gpu *g, struct rates *r) {
  if (lost(g)) return GPU_IS_LOST;
  if (g->index == 1) return NOT_SUPPORTED;
  r->gpu = 90;
  r->memory = 5;
  return SUCCESS;
}

#ifdef OLD

API int nvmlInit(void) { return init(); }
API int nvmlDeviceGetCount(u32 *n) { return count(n); }
API int nvmlDeviceGetHandleByIndex(u32 i, struct gpu **g) { return handle(i, g); }

API int nvmlDeviceGetPciInfo(struct gpu *g, struct pci *p) {
  p->domain = 0;
  p->bus = 0xa0 + g->index;
  p->device = 3;
  return SUCCESS;
}

API int nvmlDeviceGetPowerManagementLimit(struct gpu *g, u32 *milliwatts) {
  *milliwatts = 250000 + g->index;
  return SUCCESS;
}

API int nvmlDeviceGetCurrentClocksThrottleReasons(struct gpu *g, u64 *reasons) {
  (void)g;
  *reasons = setting[THROTTLED];
  return SUCCESS;
}

API int nvmlDeviceGetComputeRunningProcesses(struct gpu *g, u32 *n, struct process_v1 *list) {
  u32 i, want = setting[PROCESSES], room = *n;
  (void)g;
  *n = want;
  if (want > room) return INSUFFICIENT_SIZE;
  for (i = 0; i < want; i++) list[i].pid = pid(i), list[i].memory = (1ULL + i) << 20;
  return SUCCESS;
}

#else

API int nvmlInit_v2(void) { return init(); }
API int nvmlDeviceGetCount_v2(u32 *n) { return count(n); }
API int nvmlDeviceGetHandleByIndex_v2(u32 i, struct gpu **g) { return handle(i, g); }

API int nvmlDeviceGetUUID(struct gpu *g, char *uuid, u32 room) {
  snprintf(uuid, room, g->part ? "MIG-0000000%d-part" : "GPU-0000000%d-stub", g->part ? g->part : g->index);
  return SUCCESS;
}

// A driver checks that the version it is told is one it knows: the size of the layout, and its number in the uppermost byte.
API int nvmlDeviceGetMemoryInfo_v2(struct gpu *g, struct memory_v2 *m) {
  if (m->version != (sizeof *m | 2u << 24)) return INVALID_ARGUMENT;
  Sleep(setting[HANG]);
  if (lost(g)) return GPU_IS_LOST;
  m->total = 8ULL << 30;
  m->reserved = 1ULL << 29;
  m->used = (1ULL + g->index + g->part) << 30;
  m->free = m->total - m->reserved - m->used;
  return SUCCESS;
}

API int nvmlDeviceGetTemperature(struct gpu *g, int sensor, u32 *celsius) {
  if (sensor != 0) return INVALID_ARGUMENT;
  *celsius = 60 + g->index;
  return SUCCESS;
}

API int nvmlDeviceGetPowerUsage(struct gpu *g, u32 *milliwatts) {
  if (g->index == 1) return NOT_SUPPORTED;
  *milliwatts = 123456;
  return SUCCESS;
}

API int nvmlDeviceGetEnforcedPowerLimit(struct gpu *g, u32 *milliwatts) {
  *milliwatts = 300000 + g->index;
  return SUCCESS;
}

API int nvmlDeviceGetTotalEnergyConsumption(struct gpu *g, u64 *millijoules) {
  *millijoules = 5000000000123ULL + g->index; // more than 32 bits hold
  return SUCCESS;
}

API int nvmlDeviceGetEncoderUtilization(struct gpu *g, u32 *percent, u32 *period) {
  *percent = 11 + g->index;
  *period = 167000;
  return SUCCESS;
}

API int nvmlDeviceGetDecoderUtilization(struct gpu *g, u32 *percent, u32 *period) {
  *percent = 21 + g->index;
  *period = 167000;
  return SUCCESS;
}

API int nvmlDeviceGetClockInfo(struct gpu *g, int which, u32 *megahertz) {
  *megahertz = which == 0 ? 2500 + g->index : which == 2 ? 10500 + g->index : 1;
  return SUCCESS;
}

API int nvmlDeviceGetCurrentClocksEventReasons(struct gpu *g, u64 *reasons) {
  (void)g;
  *reasons = setting[THROTTLED];
  return SUCCESS;
}

API int nvmlDeviceGetMigMode(struct gpu *g, u32 *now, u32 *next) {
  if (g->index == 0) return NOT_SUPPORTED;
  *now = 1;
  *next = 0;
  return SUCCESS;
}

API int nvmlDeviceGetVirtualizationMode(struct gpu *g, u32 *mode) {
  (void)g;
  *mode = 0;
  return SUCCESS;
}

API int nvmlDeviceGetMaxMigDeviceCount(struct gpu *g, u32 *n) {
  *n = g->index == 1 ? 7 : 0;
  return SUCCESS;
}

static struct gpu parts[2] = {{1, 1}, {1, 2}};

API int nvmlDeviceGetMigDeviceHandleByIndex(struct gpu *g, u32 i, struct gpu **part) {
  if (g->index != 1 || i > 1) return NOT_FOUND;
  *part = &parts[i];
  return SUCCESS;
}

// A GPU that is split shows who uses it only to those who rule the machine; its parts show theirs.
API int nvmlDeviceGetComputeRunningProcesses_v3(struct gpu *g, u32 *n, struct process *list) {
  u32 i, want = g->part ? 1 : setting[PROCESSES], room = *n;
  if (g->index == 1 && !g->part) return NO_PERMISSION;
  *n = want;
  if (want > room) return INSUFFICIENT_SIZE;
  for (i = 0; i < want; i++) {
    list[i].pid = pid(i);
    list[i].memory = (1ULL + i) << 20;
    list[i].instance = list[i].part = ~0u;
  }
  return SUCCESS;
}

// As where Windows manages the memory: the driver does not know how much each process takes.
API int nvmlDeviceGetGraphicsRunningProcesses_v3(struct gpu *g, u32 *n, struct process *list) {
  if (g->index == 1) return NO_PERMISSION;
  if (*n < 1) {
    *n = 1;
    return INSUFFICIENT_SIZE;
  }
  *n = 1;
  list[0].pid = pid(1000);
  list[0].memory = ~0ULL;
  return SUCCESS;
}

// As the real one, it first says how much room it wants, which is more than it fills.
API int nvmlDeviceGetSamples(struct gpu *g, int type, u64 seen, int *kind, u32 *n, struct sample *out) {
  u32 i, k = 0, room = *n;
  if (lost(g)) return GPU_IS_LOST;
  if (g->index == 1 || type != 1) return NOT_SUPPORTED;
  *kind = 1;
  *n = 120;
  if (!out) return SUCCESS;
  for (i = 0; i < filled && k < room; i++)
    if (samples[i].stamp > seen) out[k++] = samples[i];
  *n = k;
  return k ? SUCCESS : NOT_FOUND;
}

#endif
#endif
