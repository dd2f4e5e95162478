# The tools are run from their modules at a fixed version, so nothing has to be installed and everybody sees the same findings.
STATICCHECK := honnef.co/go/tools/cmd/staticcheck@v0.8.2
GOVULNCHECK := golang.org/x/vuln/cmd/govulncheck@v1.9.0

VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
BENCH   ?= .
COUNT   ?= 1

.PHONY: check lint fmt vet staticcheck vuln test race bench faults build demo

## check: what has to pass before a commit
check: lint test

lint: fmt vet staticcheck vuln

fmt:
	@unformatted="$$(gofmt -l .)"; if [ -n "$$unformatted" ]; then echo "not gofmt-clean:"; echo "$$unformatted"; exit 1; fi

vet:
	go vet ./...

staticcheck:
	go run $(STATICCHECK) ./...

# A database of vulnerabilities that cannot be reached skips the check and says so, see .ci/vulncheck.
vuln:
	@.ci/vulncheck $(GOVULNCHECK)

test:
	go test -shuffle=on ./...

# SQLite is C translated to Go: its pointer arithmetic is not checked again, which takes a third of the time. The dialogues
# are one caller each, and are played without the detector: their requests pass it in the other tests.
race:
	go test -race -gcflags='modernc.org/...=-d=checkptr=0' -skip '^TestDialogues$$' -shuffle=on -timeout 40m ./...
	go test -run '^TestDialogues$$' ./cmd/baro

## bench: performance, one package after the other, as they share two cores: make bench BENCH=Step COUNT=5
bench:
	go test -run '^$$' -bench '$(BENCH)' -benchmem -count $(COUNT) -p 1 ./...

## faults: servers killed, hung and failed over, and everything that several nodes owe each other, in the long form
faults:
	BARO_TEST_KILLS=200 go test -count=1 -timeout 30m -run '^TestFault|^TestNodes$$' -v ./...

build:
	CGO_ENABLED=0 go build -trimpath -ldflags '-s -w -X main.version=$(VERSION)' -o baro ./cmd/baro

## demo: a gateway with a demonstration commune, all channels simulated
demo:
	go run ./cmd/baro demo
