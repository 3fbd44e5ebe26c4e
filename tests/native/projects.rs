//! The projects, and what is known of each before it is built.

use crate::check::Check;

/// A folder of `projects`.
pub(crate) struct Project {
    pub(crate) name: &'static str,
    /// What it has to be linked to if nothing is asked for.
    pub(crate) linkage: Linkage,
    pub(crate) check: Check,
}

/// What a program is linked to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Linkage {
    /// To musl, statically.
    Musl,
    /// To glibc, statically.
    StaticGlibc,
    /// To glibc and other shared libraries.
    Dynamic,
}

impl Linkage {
    pub(crate) const fn words(self) -> &'static str {
        match self {
            Self::Musl => "musl, static",
            Self::StaticGlibc => "glibc, static",
            Self::Dynamic => "glibc, dynamic",
        }
    }
}

use Check::{Handshake, LocalTime, Prints, Serves};
use Linkage::{Dynamic, Musl, StaticGlibc};

/// SHA-256 of `abc`, of the examples in FIPS 180.
const DIGEST: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
const SIGNED: Check = Prints(&[DIGEST, ", verified true, forged false"]);
const TIME: Check = LocalTime {
    utc: "1970-01-01T00:00:00+00:00",
    tokyo: "1970-01-01T09:00:00+09:00",
};

#[rustfmt::skip]
pub(crate) const PROJECTS: &[Project] = &[
    project("native-tls-client", Dynamic, Handshake { scheme: "", refusal: "certificate verify failed" }),
    project("openssl-vendored", Musl, Prints(&["OpenSSL 3.", DIGEST])),
    project("rusqlite-bundled", Musl, Prints(&["SQLite 3.", ": sum 42"])),
    project("rusqlite-system", Dynamic, Prints(&["SQLite 3.", ": sum 42"])),
    project("diesel-postgres", Dynamic, Prints(&["libpq: ", "\"127.0.0.1\", port 1 failed: Connection refused"])),
    project("ring-digest", Musl, SIGNED),
    project("aws-lc-digest", Musl, SIGNED),
    project("zstd-roundtrip", Musl, Prints(&["small true, same true"])),
    // The name of a blob of `hello` is the same in every repository.
    project("git2-memory", Dynamic, Prints(&["libgit2 1.", ": ce013625030ba8dba906f756967f9e9ca394464a of 6 bytes"])),
    project("jemalloc-threads", StaticGlibc, Prints(&["jemalloc sees all of it: true"])),
    project("mimalloc-threads", StaticGlibc, Prints(&["all of it is its own: true"])),
    project("esaxx-cpp", StaticGlibc, Prints(&["11 letters: =11 a=5 abra=2 bra=2 ra=2"])),
    project("prost-timestamp", Musl, Prints(&["13 bytes, same true"])),
    project("prost-plain", Musl, Prints(&["9 bytes, same true"])),
    project("bindgen-header", StaticGlibc, Prints(&["limit 1234, sum 42, size 12, length 5"])),
    project("reqwest-client", Musl, Handshake { scheme: "https://localhost:", refusal: "UnknownIssuer" }),
    project("local-time-chrono", Musl, TIME),
    project("local-time-jiff", Musl, TIME),
    project("rocket-service", StaticGlibc, Serves { path: "/add/40/2", answer: "40 + 2 = 42", launched: "http://0.0.0.0:8000" }),
];

const fn project(name: &'static str, linkage: Linkage, check: Check) -> Project {
    Project {
        name,
        linkage,
        check,
    }
}
