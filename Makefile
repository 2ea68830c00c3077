# Sightline. "make" alone lists what there is to make; every target first brings what the machine lacks (build/setup.sh).
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

# cache.sh says where tools and rigs are kept; both may be ahead of the system's on PATH.
CACHE := $(shell . build/cache.sh && echo "$$CACHE")
export PATH := $(shell . build/cache.sh && echo "$$PATH")

GO_PACKAGES := . ./backend/... ./build/...
GO_FOLDERS := *.go backend build
SCRIPTS := build/*.sh build/rigs/*.sh build/packages/*.sh build/windows/*.sh .ci/run
VERSION = $(shell build/version.sh)
LDFLAGS = -s -w -X sightline/backend/cli.Version=$(VERSION) -X sightline/backend/cli.Homepage=$(HOMEPAGE)

# Who hands the programs out may say where newer ones are, and for packages who that is (MAINTAINER="Name <mail>").
HOMEPAGE ?=
export HOMEPAGE MAINTAINER

# The same tags build, test and lint, so that Go's cache serves all three. Some distributions have no static libjpeg-turbo: Go's own
# codec, slower, stands in there; and where there is no static openh264, recordings have pictures and answers, but no video. Looked up late,
# since setup may just have installed them.
HAS_TURBO = $(shell file=$$(gcc -print-file-name=libturbojpeg.a) && [ "$$file" != libturbojpeg.a ] && echo yes)
HAS_H264 = $(shell file=$$(gcc -print-file-name=libopenh264.a) && [ "$$file" != libopenh264.a ] && echo yes)
TAGS = desktop,production,webkit2_41$(if $(HAS_TURBO),,$(comma)stdjpeg)$(if $(HAS_H264),,$(comma)noh264)
comma := ,

GO_BUILD = go build -buildvcs=false -trimpath
GO_TEST = SIGHTLINE_MODELS=$(CURDIR)/build/bin/models go test -race -tags $(TAGS)
NPM = npm --prefix frontend
step = @printf '\n== %s\n' "$(1)"

##@ Every day

help: ## list the targets
	@awk 'BEGIN {FS = ":.*## "} /^##@ / {printf "\n%s\n", substr($$0, 5)} /^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' Makefile

run: build ## build, then open the window (without a display: watch in the terminal)
	@build/run.sh

build: build-window build-cli build-models ## build/bin/sightline and build/bin/sightline-cli

test: test-go test-jpeg test-page test-journey test-window ## all tests but those on real devices and servers

check: check-format check-scripts check-notice check-go check-page test-go test-jpeg ## everything a reviewer would run

fmt: setup ## format the Go code
	gofumpt -w $(GO_FOLDERS)

packages: build ## build/bin/packages: a .deb, an .rpm, a .tar.gz, and the installer for Windows (signed with SIGN_PFX=FILE)
	$(call step,packages for Linux)
	build/packages/linux.sh
	$(call step,the installer for Windows)
	build/packages/windows.sh

##@ Now and then

test-real: setup rigs build-window build-models build-dev build-fake ## real cameras, servers, windows and packages (cold: about half an hour)
	$(call step,several real windows)
	$(NPM) run e2e:windows
	$(call step,one camera handed over fifty times as its holder is killed)
	SIGHTLINE_HANDOVERS=50 go test -tags $(TAGS) -count 1 -timeout 5m -run Killed ./backend/capture/shared
	$(call step,real cameras and servers; ten windows that must not see each other)
	$(GO_TEST),real -count 1 -timeout 20m -v ./backend/realtest/...
	$(MAKE) packages
	$(call step,packages for Linux: installed and started and upgraded and purged)
	build/packages/test-linux.sh
	$(call step,the installer for Windows: under wine)
	build/packages/test-windows.sh

soak: build-cli build-models ## watch and record for SOAK=30m and look for leaks; ten windows for ten minutes that must not see each other; a hundred crashes
	build/soak.sh "$${SOAK:-30m}"
	SIGHTLINE_ISOLATION=$${ISOLATION:-10m} $(GO_TEST),real -count 1 -timeout 60m -v -run TestNoWindowEver ./backend/realtest/
	SIGHTLINE_KILLS=$${KILLS:-100} $(GO_TEST),real -count 1 -timeout 60m -v -run TestKilledWhileRecording ./backend/realtest/

bench: build build-dev ## Go benchmarks, then the figures of the whole program
	$(call step,benchmarks of the Go code)
	go test -tags $(TAGS) -run '^$$' -bench . -benchmem $(GO_PACKAGES)
	$(call step,the figures of the whole program)
	build/bench.sh
	$(NPM) run latency

bindings: setup frontend/dist/.gitkeep ## write frontend/wailsjs anew after a bound method or type has changed
	build/bindings.sh write

pictures: build-dev build-fake build-models ## take the pictures in docs/ anew
	$(NPM) run pictures

icons: setup ## draw build/appicon.png and build/windows/icon.ico anew from build/linux/sightline.svg
	build/icons.sh

clean: ## remove what was built here (the cache and node_modules stay)
	rm -rf build/bin
	find frontend/dist -mindepth 1 ! -name .gitkeep -delete

# Setup: what each goal needs; a goal not named here needs what the build needs.

purpose-run := run
purpose-test := test
purpose-test-go := test
purpose-test-jpeg := test
purpose-test-page := test
purpose-test-journey := test
purpose-test-window := test
purpose-icons := test
purpose-pictures := test
purpose-bench := test
purpose-test-real := real
purpose-packages := packages
purpose-rigs := real
purpose-check := check
purpose-check-format := check
purpose-check-scripts := check
purpose-check-notice := check
purpose-check-go := check
purpose-check-page := check
purpose-fmt := check

setup:
	@for purpose in $(sort $(foreach goal,$(MAKECMDGOALS),$(or $(purpose-$(goal)),build))); do build/setup.sh $$purpose; done

# Building. Go decides by itself what is stale; the page is built when its sources are newer than it.

PAGE_SOURCES := $(shell find frontend -path frontend/node_modules -prune -o -path frontend/dist -prune -o -path frontend/e2e -prune \
	-o -type f ! -name '*.test.ts' ! -path '*/test-results/*' -print 2>/dev/null)

build-window: setup frontend/dist/index.html
	$(if $(HAS_TURBO),,@echo "No static libjpeg-turbo here: pictures are decoded by Go's own codec, which is slower.")
	$(if $(HAS_H264),,@echo "No static openh264 here: recordings have no video.")
	$(GO_BUILD) -tags $(TAGS) -ldflags "$(LDFLAGS)" -o build/bin/sightline .

# What the built-in detector needs: its networks and their runtime, fetched once and checked.
build-models: setup
	@build/models.sh install build/bin/models

build-cli: setup
	$(GO_BUILD) -tags $(TAGS) -ldflags "$(LDFLAGS)" -o build/bin/sightline-cli ./backend/cmd/sightline-cli

# The real Go program behind a browser's page: Wails' development mode, on a fixed build of the page.
build-dev: setup frontend/dist/index.html
	$(GO_BUILD) -tags dev,webkit2_41 -o build/bin/sightline-dev .

frontend/dist/index.html: frontend/node_modules/.package-lock.json $(PAGE_SOURCES) | setup
	$(NPM) run build
	@touch $@ frontend/dist/.gitkeep

frontend/node_modules/.package-lock.json: frontend/package-lock.json | setup
	$(NPM) ci --ignore-scripts
	@touch $@

frontend/dist/.gitkeep:
	@mkdir -p $(@D)
	@touch $@

# A backend that answers from thin air, for the page's tests.
build-fake: setup
	$(GO_BUILD) -o build/bin/fakevlm ./backend/vlm/vlmtest/cmd/fakevlm

# The parts of test.

# Those that take longest come first. There are more at once than processors, since many wait for something most of the time; go vet is a matter of check.
test-go: build-models frontend/dist/.gitkeep
	$(call step,Go tests with the race detector)
	$(GO_TEST) -timeout 6m -vet off -p 4 -parallel 4 ./backend/vlm/openai ./backend/vision ./backend/cmd/... ./backend/history $(GO_PACKAGES)

test-jpeg: setup
	$(call step,the same picture tests on Go's own JPEG codec)
	go test -tags $(TAGS),stdjpeg -timeout 3m ./backend/jpeg/...

test-page: setup frontend/node_modules/.package-lock.json
	$(call step,the page: types and units)
	@$(call both,$(NPM) run check,$(NPM) run test)
	$(call step,the page in Chromium on a fake session)
	$(NPM) run e2e:fake

test-journey: build-dev build-fake build-models
	$(call step,a journey through the page in Chromium on the real program)
	$(NPM) run e2e:journey

test-window: build-window build-cli build-models build-fake
	$(call step,the real window)
	$(NPM) run e2e:window

# Both of two commands at the same time; what they say stands together.
both = one=$$(mktemp); { $(1); } >$$one 2>&1 & first=$$!; failed=0; { $(2); } || failed=$$?; wait $$first || failed=$$?; cat $$one; rm $$one; exit $$failed

# Each rig builds itself into the cache, and is done at once when it has before.
rigs: setup
	$(call step,the rigs: a virtual machine with a camera; a network camera; an Ollama server; a small Windows)
	nice build/rigs/camvm.sh build
	nice build/rigs/rtsp.sh build
	nice build/rigs/ollama.sh build
	nice build/rigs/wine.sh build >/dev/null

# The parts of check.

check-format: setup
	$(call step,gofumpt)
	@unformatted=$$(gofumpt -l $(GO_FOLDERS)); [ -z "$$unformatted" ] || { echo "$$unformatted"; echo "Not formatted: run make fmt."; exit 1; }

check-scripts: setup
	$(call step,shellcheck)
	shellcheck $(SCRIPTS)

check-notice: setup frontend/node_modules/.package-lock.json
	$(call step,NOTICE and licences)
	build/licences.sh check

check-go: setup frontend/dist/.gitkeep
	$(call step,go vet and golangci-lint)
	@! grep -rl --include='*.go' '^import "C"$$' *.go backend | grep -v -e ^backend/jpeg/ -e ^backend/h264/ -e ^backend/gpu/ -e ^backend/capture/camera/ -e ^backend/vision/ || \
		{ echo 'The file above imports "C": cgo stays in backend/jpeg, backend/h264, backend/gpu, backend/vision and backend/capture/camera.'; exit 1; }
	go vet -tags $(TAGS) $(GO_PACKAGES)
	golangci-lint run --build-tags $(TAGS) $(GO_PACKAGES)
	build/bindings.sh check

check-page: setup frontend/node_modules/.package-lock.json
	$(call step,the page: types and rules and units)
	$(NPM) run check
	$(NPM) run lint
	$(NPM) run test

.PHONY: help run build packages test check fmt test-real soak bench bindings pictures icons clean setup build-window build-cli build-models build-dev build-fake \
	test-go test-jpeg test-page test-journey test-window rigs check-format check-scripts check-notice check-go check-page
.NOTPARALLEL:
