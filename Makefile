# Dialtone: the verbs. `make demo` and `make test` do all set-up themselves on Debian with a Swift toolchain.

PACKAGES := pkg-config libsystemd-dev libssl-dev flite espeak-ng pocketsphinx pocketsphinx-en-us
SWIFT ?= swift
# Only the release build of NIO and ours drops the dynamic exclusivity checks (a quarter to a third of the
# instructions on the media path); tests keep them.
RELEASE_FLAGS := -c release -Xswiftc -enforce-exclusivity=unchecked

# Each group in a process of its own, one after the other: what computes for long (conversations) must not keep what
# talks over real sockets (the others) from its turn. The last run takes all that is in no group.
TEST_GROUPS := ConversationTests SimulatorsTests STTWorkerCoreTests TTSWorkerCoreTests LLMWorkerCoreTests \
  GatewayCoreTests HTTPServingTests WebSocketTransportTests ServiceRuntimeTests WorkerRuntimeTests EndToEndTests

.PHONY: help demo test build release lint format bench setup clean

help:
	@echo "make demo     hold a whole call on this machine (with DEEPGRAM_API_KEY and ANTHROPIC_API_KEY: the real providers)"
	@echo "make test     every test"
	@echo "make lint     formatting and lint rules"
	@echo "make bench    the benchmarks: latency added, CPU and memory per call"
	@echo "make build    a debug build; make release: an optimised one"

demo: build
	$(SWIFT) run --skip-build dialtone demo --output demo-out

test: setup
	$(SWIFT) build --build-tests
	for group in $(TEST_GROUPS); do $(SWIFT) test --skip-build --filter "$$group" || exit 1; done
	$(SWIFT) test --skip-build $(TEST_GROUPS:%=--skip "%")

build: setup
	$(SWIFT) build

release: setup
	$(SWIFT) build $(RELEASE_FLAGS)

lint:
	$(SWIFT) format lint --strict --recursive Sources Tests Package.swift

format:
	$(SWIFT) format --in-place --recursive Sources Tests Package.swift

bench: release
	.build/release/dialtone bench

# Debian packages: the two libraries we link, a voice and a recogniser for the offline providers.
setup:
	@missing=""; for package in $(PACKAGES); do \
	  dpkg-query -W -f '$${Status}' $$package 2>/dev/null | grep -q "install ok installed" || missing="$$missing $$package"; \
	done; \
	if [ -n "$$missing" ]; then \
	  echo "installing:$$missing"; \
	  if [ "$$(id -u)" = 0 ]; then sudo=""; else sudo="sudo"; fi; \
	  $$sudo apt-get update -qq && $$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$missing >/dev/null; \
	fi

clean:
	rm -rf .build demo-out
