# One static binary and nothing else: no shell, no package manager, no root.
FROM golang:1.26-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
ARG VERSION=dev
RUN CGO_ENABLED=0 go build -trimpath -buildvcs=false -ldflags "-s -w -X main.version=${VERSION}" -o /out/baro ./cmd/baro \
 && mkdir -p /out/data /out/tmp && chmod 1777 /out/tmp

FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build --chown=65532:65532 /out/data /data
# Large spreadsheets are unpacked into temporary files.
COPY --from=build /out/tmp /tmp
COPY --from=build /out/baro /baro
USER 65532:65532
VOLUME /data
EXPOSE 8080
# No HEALTHCHECK: whoever runs the container asks GET /healthz (alive) and GET /readyz (ready), which tell more than a
# second process in it could.
ENTRYPOINT ["/baro"]
CMD ["serve", "--config", "/etc/baro/baro.yaml"]
