# Written by cargo-dockerize 0.1.0; change what it is made from and run
#   cargo dockerize --bin calc --no-default-features --output calc.Dockerfile
# digest 72eb8c8f9f759bf4

# The version of Rust to build with: `docker build --build-arg RUST_VERSION=…` takes another.
ARG RUST_VERSION=1.95

FROM rust:${RUST_VERSION}-slim-trixie AS build
WORKDIR /build
RUN rustup target add "$(uname -m)-unknown-linux-musl"
# Tuning that was asked for; the manifest's profile stays as it is.
ENV CARGO_PROFILE_RELEASE_CODEGEN_UNITS=1 \
    CARGO_PROFILE_RELEASE_LTO=fat \
    CARGO_PROFILE_RELEASE_OPT_LEVEL=z \
    CARGO_PROFILE_RELEASE_STRIP=symbols

# Dependencies have a layer of their own. Manifests and empty targets are enough to compile them, so
# this runs again only when one of those changes.
# What was compiled of the empty targets is cleaned away: none of it can end up in the image.
COPY Cargo.toml Cargo.lock ./
RUN mkdir -p src/bin \
 && touch src/lib.rs \
 && for file in src/bin/calc.rs src/main.rs; do echo 'fn main() { panic!("an empty target") }' > "$file"; done \
 && cargo build --release --locked --target "$(uname -m)-unknown-linux-musl" --bin calc \
      --no-default-features \
 && cargo clean --release --locked --target "$(uname -m)-unknown-linux-musl" \
      --package example-app

# The program itself.
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
COPY --from=build /rootfs/ /
USER 65532:65532
ENTRYPOINT ["/usr/local/bin/calc"]
