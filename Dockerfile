# syntax=docker/dockerfile:1
# The keystead binary on a base image without shell or package manager, run by an unprivileged user.
#
#   docker build -t keystead .
#   docker run -p 6480:6480 -v keystead:/data keystead

# Its gcc and libc headers are all that the C inside some crates needs.
FROM rust:1.95-slim-bookworm AS build
WORKDIR /src
COPY . .
# The caches hold registry and target between builds, so the binary is copied out in the same step.
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/src/target \
    cargo build --locked --profile dist --package keystead-server \
 && install -D target/dist/keystead /out/usr/local/bin/keystead \
 && install -D LICENSE /out/usr/share/doc/keystead/LICENSE \
 && install -d -o 65532 -g 65532 -m 0700 /out/data

# Has glibc, libgcc, root certificates and time zones; its `nonroot` user is 65532.
FROM gcr.io/distroless/cc-debian12:nonroot
COPY --from=build /out/ /
ENV KEYSTEAD_DATA_DIR=/data \
    KEYSTEAD_HTTP__LISTEN=0.0.0.0:6480
USER 65532:65532
WORKDIR /data
VOLUME /data
EXPOSE 6480
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
    CMD ["/usr/local/bin/keystead", "healthcheck"]
ENTRYPOINT ["/usr/local/bin/keystead"]
CMD ["serve"]
