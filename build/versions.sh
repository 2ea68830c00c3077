# versions.sh: sourced by setup.sh. Every tool the project brings along is pinned here, and nowhere else.
# A sum follows its file for x86-64, then for 64-bit ARM.
# shellcheck shell=bash disable=SC2034 # read by whoever sources this

# Go: from go.dev, or the same release as the module proxy keeps it for "go" itself.
GO_VERSION=1.26.8
GO_TARBALL_SHA256=(
  d0f743b33e8d8945e6b1f432edd15785c70507121d6e2a723b21285eddf8b57b
  211ffced9dcb9633a55eac6364816ec0ddd951389a740e88fa8b3337971bdda0
)
GO_MODULE_SHA256=(
  30c2b1bf7dcc88d3eb0a1364e47ddd9128edb3110a30e8a0ef61cd5856b31de7
  02b36b6787b3ac767668f630e2998df45a3b1f9ffee08d1bf3ef6487cd658d99
)

# Node: from nodejs.org with npm inside, or the same program from the npm registry, where npm is a package of its own.
NODE_VERSION=22.23.3
NODE_TARBALL_SHA256=(
  1084aa36196bba4c3a5e69a1ee388a6e4ff729dad09445fbcd434b28fe3c24af
  5ced2d48d1d7198739b7f86804de0171aefb6823b684b12341d3321afc3cb0b2
)
NODE_PACKAGE_SHA256=(
  00b5c43d88958dbbf45339c4d5e9a76289c7e25876fd08270b379e485e151fc5
  894b9938b215d40b3a38db094ef436d02b3bc7dd16f04fca145a4735cd9e9035
)
NPM_VERSION=10.9.9
NPM_PACKAGE_SHA256=c80bd097147cce32e31010b791bab8c71a26a5e10668210ec9d2e7f4c7cea2a1

# The reviewer's tools, built by "go install" (whose sums the Go checksum database keeps).
GOLANGCI_LINT_VERSION=v2.15.0
GOFUMPT_VERSION=v0.12.0

# What packs the .deb and the .rpm, built the same way.
NFPM_VERSION=v2.43.0
