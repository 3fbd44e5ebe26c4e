# Written by cargo-dockerize 0.1.0; change what it is made from and run
#   cargo dockerize --bin calc --no-default-features --output calc.Dockerfile
# digest 67aaeb76a2504a1b

# The version of Rust to build with: `docker build --build-arg RUST_VERSION=…` takes another.
ARG RUST_VERSION=1.95

# The skeleton: manifests and empty targets. Dependencies hang on nothing else. In its place,
# `--build-context skeleton=DIR` takes what `cargo dockerize skeleton --output DIR` wrote.
FROM rust:${RUST_VERSION}-slim-trixie AS skeleton
WORKDIR /build
COPY Cargo.toml Cargo.lock ./
# A new version of this project changes no dependency: all of its packages have the same one here.
RUN find . -name Cargo.toml -exec sed --in-place --regexp-extended \
      -e '/^\[package\]/,/^\[/s/^version *= *"[^"]*"/version = "0.0.0"/' \
      -e '/^\[workspace\.package\]/,/^\[/s/^version *= *"[^"]*"/version = "0.0.0"/' \
      {} + \
 && sed --in-place --regexp-extended -e '/^version = "/{$!N;/\nsource/!s/"[^"]*"/"0.0.0"/;}' Cargo.lock
# A stub compiles only where DOCKERIZE_STUBS is set: one in place of a real file fails the build.
RUN stub='#![doc = "stub"] #![allow(unused_crate_dependencies)] fn main() {} \
      const _: (fn(), &str) = (main, env!("DOCKERIZE_STUBS", "this is a stub, not the real file"));' \
 && mkdir -p src/bin \
 && for file in src/bin/calc.rs src/lib.rs src/main.rs; do echo "$stub" > "$file"; done

FROM rust:${RUST_VERSION}-slim-trixie AS build
WORKDIR /build
RUN rustup target add "$(uname -m)-unknown-linux-musl"
# Tuning that was asked for; the manifest's profile stays as it is.
ENV CARGO_PROFILE_RELEASE_CODEGEN_UNITS=1 \
    CARGO_PROFILE_RELEASE_LTO=fat \
    CARGO_PROFILE_RELEASE_OPT_LEVEL=z \
    CARGO_PROFILE_RELEASE_STRIP=symbols

# Dependencies have a layer of their own: it is made again only when the skeleton changes.
# Under a wrapper cargo keeps what it makes of the empty targets apart from the real thing.
COPY --from=skeleton /build/ /build/
RUN DOCKERIZE_STUBS=1 RUSTC_WORKSPACE_WRAPPER=/usr/bin/env cargo build --release --locked \
      --target "$(uname -m)-unknown-linux-musl" --bin calc --no-default-features

# Folders that the program may write to, owned by its user:
#   /app: a folder of the program's own, where it may write
RUN mkdir -p /rootfs/app \
 && chown 65532:65532 /rootfs/app

# The program itself.
COPY Cargo.lock Cargo.toml ./
COPY src src
RUN cargo build --release --locked --target "$(uname -m)-unknown-linux-musl" --bin calc \
      --no-default-features \
 && install -D --target-directory=/rootfs/usr/local/bin "target/$(uname -m)-unknown-linux-musl/release"/calc

# What runs: a static program needs no other file.
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
