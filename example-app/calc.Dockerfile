# Written by cargo-dockerize 0.1.0; change what it is made from and run
#   cargo dockerize --bin calc --no-default-features --output calc.Dockerfile
# digest e83cbfa8b629faea

# The Rust version to build with; override with `--build-arg RUST_VERSION=…`.
ARG RUST_VERSION=1.95

# The skeleton: manifests and stubs. Only these files can invalidate the dependency layer. To replace it with the
# output of `cargo dockerize skeleton --output DIR`, pass `--build-context skeleton=DIR`.
FROM rust:${RUST_VERSION}-slim-trixie AS skeleton
WORKDIR /build
COPY Cargo.toml Cargo.lock ./
# Set our own versions to 0.0.0, so that a version bump does not rebuild dependencies.
RUN find . -name Cargo.toml -exec sed --in-place --regexp-extended \
      -e '/^\[package\]/,/^\[/s/^version *= *"[^"]*"/version = "0.0.0"/' \
      -e '/^\[workspace\.package\]/,/^\[/s/^version *= *"[^"]*"/version = "0.0.0"/' \
      {} + \
 && sed --in-place --regexp-extended -e '/^version = "/{$!N;/\nsource/!s/"[^"]*"/"0.0.0"/;}' Cargo.lock
# Stubs only compile where DOCKERIZE_STUBS is set: a stub left in place of a real file fails the build.
RUN stub='#![doc = "stub"] #![allow(unused_crate_dependencies)] fn main() {} \
      const _: (fn(), &str) = (main, env!("DOCKERIZE_STUBS", "this is a stub, not the real file"));' \
 && mkdir -p src/bin \
 && for file in src/bin/calc.rs src/lib.rs src/main.rs; do echo "$stub" > "$file"; done

FROM rust:${RUST_VERSION}-slim-trixie AS build
WORKDIR /build
RUN rustup target add "$(uname -m)-unknown-linux-musl"
# Tuning from the settings, on top of the profile in Cargo.toml.
ENV CARGO_PROFILE_RELEASE_CODEGEN_UNITS=1 \
    CARGO_PROFILE_RELEASE_LTO=fat \
    CARGO_PROFILE_RELEASE_OPT_LEVEL=z \
    CARGO_PROFILE_RELEASE_STRIP=symbols

# Dependencies have a layer of their own, rebuilt only when the skeleton changes.
# The no-op wrapper gives the stubs artifact names of their own, so they are never mistaken for the real code.
COPY --from=skeleton /build/ /build/
RUN DOCKERIZE_STUBS=1 RUSTC_WORKSPACE_WRAPPER=/usr/bin/env cargo build --release --locked \
      --target "$(uname -m)-unknown-linux-musl" --bin calc --no-default-features

# Writable folders, owned by the program's user:
#   /app: the program's own writable folder
RUN mkdir -p /rootfs/app \
 && chown 65532:65532 /rootfs/app

# Build the program.
COPY Cargo.lock Cargo.toml ./
COPY src src
RUN cargo build --release --locked --target "$(uname -m)-unknown-linux-musl" --bin calc \
      --no-default-features \
 && install -D --target-directory=/rootfs/usr/local/bin "target/$(uname -m)-unknown-linux-musl/release"/calc

# The runtime image: a static program needs no other files.
FROM scratch
LABEL org.opencontainers.image.title="example-app" \
      org.opencontainers.image.description="A small calculator, as a web server and as a command" \
      org.opencontainers.image.version="0.1.0" \
      org.opencontainers.image.licenses="MIT OR Apache-2.0"
WORKDIR /app
COPY --from=build /rootfs/ /
ENV HOME="/app"
USER 65532:65532
ENTRYPOINT ["/usr/local/bin/calc"]
