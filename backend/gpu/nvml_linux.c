//go:build linux && cgo

// The functions of NVIDIA's library that go-nvml calls, each passing its call on to the library that is open, or saying that it lacks it.
//
// go-nvml leaves them undefined, for the dynamic linker to find at the first call. That ends the process where a driver is too old to have a
// function, and before it even starts where everything is bound at once (LD_BIND_NOW, or a compiler that links with -z now, as Ubuntu's does).
// It also keeps a library from being closed, and a newer one opened, in mid-run. Here each has a body, which the linker prefers.
//
// They are hidden, so that the library itself, and others that use it, do not end up here.

#include <dlfcn.h>
#include <stddef.h>
#include "nvml_linux.h"

enum { SUCCESS = 0, UNINITIALIZED = 1, FUNCTION_NOT_FOUND = 13 };

#define HIDDEN __attribute__((visibility("hidden")))

// No function has more arguments than six, and all are numbers and pointers: they travel in registers, which are handed on as they are.
typedef long (*function)(long, long, long, long, long, long);

#define SLOT(name) at_##name,
enum { NVML_NAMES(SLOT) COUNT };

#define QUOTED(name) #name,
static const char *const names[] = {NVML_NAMES(QUOTED)};

static void *library;
static function bound[COUNT];

#define FORWARD(name) \
	HIDDEN long name(long a, long b, long c, long d, long e, long f) { \
		function call = bound[at_##name]; \
		return call ? call(a, b, c, d, e, f) : FUNCTION_NOT_FOUND; \
	}
NVML_NAMES(FORWARD)

// Starting and ending are sight_nvml_open's and sight_nvml_close's. go-nvml's own only make it look for names: where they failed, it would hold
// on to the library for ever.
HIDDEN int nvmlInit_v2(void) { return library ? SUCCESS : UNINITIALIZED; }
HIDDEN int nvmlInit(void) { return library ? SUCCESS : UNINITIALIZED; }
HIDDEN int nvmlInitWithFlags(unsigned int flags) { return library ? SUCCESS : UNINITIALIZED; }
HIDDEN int nvmlShutdown(void) { return SUCCESS; }
HIDDEN const char *nvmlErrorString(int code) { return "an error of NVIDIA's library"; }

static int start(void *handle) {
	int (*init)(void) = (int (*)(void))dlsym(handle, "nvmlInit_v2");
	if (!init) init = (int (*)(void))dlsym(handle, "nvmlInit");
	return init && init() == SUCCESS;
}

// sight_nvml_open loads the library and starts it; 0 where there is none, it does not start, or one is open already.
int sight_nvml_open(const char *path) {
	void *handle;
	if (library || !(handle = dlopen(path, RTLD_LAZY | RTLD_LOCAL))) return 0;
	if (!start(handle)) {
		dlclose(handle);
		return 0;
	}
	for (int i = 0; i < COUNT; i++) bound[i] = (function)dlsym(handle, names[i]);
	library = handle;
	return 1;
}

// sight_nvml_close ends the library and lets go of it; nothing is left to be done about an error.
void sight_nvml_close(void) {
	int (*shutdown)(void);
	if (!library) return;
	shutdown = (int (*)(void))dlsym(library, "nvmlShutdown");
	if (shutdown) shutdown();
	for (int i = 0; i < COUNT; i++) bound[i] = NULL;
	dlclose(library);
	library = NULL;
}
