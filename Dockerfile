# The image holds one static program, the certificates to talk to the providers, and nothing else: no shell, no libc.
#
#	docker build --build-arg VERSION=$(git describe --tags --always) -t alongside .
#	docker run --read-only --tmpfs /tmp -v alongside:/data --env-file .env -p 127.0.0.1:8080:8080 -p 8081:8081 alongside

FROM golang:1.26-bookworm AS build
WORKDIR /src

# The modules are a layer of their own, so that a change to the code does not download them again.
COPY go.mod go.sum ./
RUN go mod download

COPY . .
ARG VERSION=unreleased
# Without C, so that it runs from scratch; with the time zones inside, because scratch has none.
RUN CGO_ENABLED=0 go build -trimpath -buildvcs=false -tags timetzdata \
    -ldflags "-s -w -X main.version=${VERSION}" -o /out/alongside ./bot
# scratch has no folders either: /tmp for large uploads, /data for the SQLite file of an installation without PostgreSQL.
RUN mkdir -p /out/data /out/scratch/tmp && chmod 1777 /out/scratch/tmp

FROM scratch
ARG VERSION=unreleased
LABEL org.opencontainers.image.title="Alongside" \
      org.opencontainers.image.description="A messaging assistant for supported-employment services that work the IPS way" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="${VERSION}"

COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=build /out/scratch/ /
COPY --from=build --chown=65532:65532 /out/data/ /data/
COPY --from=build /out/alongside /alongside

# A number and not a name: scratch has no /etc/passwd, and Kubernetes can then see that it is not root.
USER 65532:65532
WORKDIR /data

# In a container loopback reaches nobody, so the image listens on all interfaces; what is published is decided outside.
ENV CONSOLE_ADDR=:8080 \
    WEBHOOK_ADDR=:8081 \
    METRICS_ADDR=:8082 \
    DATABASE_URL=sqlite:/data/alongside.db
EXPOSE 8080 8081 8082

# The program asks itself, because there is nothing else here that could.
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=3 CMD ["/alongside", "health"]

# SIGTERM finishes what was accepted before it stops.
STOPSIGNAL SIGTERM
ENTRYPOINT ["/alongside"]
CMD ["serve"]
