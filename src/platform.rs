//! The platforms that an image can have, as `cfg` sees them.

use cargo_platform::{Cfg, Platform};

use crate::limits::has_few_brackets;
use crate::settings::Libc;

/// Every target that a plan can choose.
pub(crate) const TRIPLES: [&str; 4] = [
    "x86_64-unknown-linux-gnu",
    "aarch64-unknown-linux-gnu",
    "x86_64-unknown-linux-musl",
    "aarch64-unknown-linux-musl",
];

/// The machines that `docker build .` must work on without an argument.
pub(crate) const MACHINES: [&str; 2] = ["x86_64", "aarch64"];

/// A platform that an image can be built for, under the names that it has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ImagePlatform {
    /// To Docker: what follows `--platform`.
    pub(crate) docker: &'static str,
    /// To Docker as `TARGETARCH`, and to Debian.
    pub(crate) architecture: &'static str,
    /// To Rust, as one of [`MACHINES`].
    pub(crate) machine: &'static str,
    /// What the names of Debian's cross compilers end in.
    pub(crate) compiler_package: &'static str,
}

/// Every platform that a plan can be made for.
pub(crate) const PLATFORMS: [ImagePlatform; 2] = [
    ImagePlatform {
        docker: "linux/amd64",
        architecture: "amd64",
        machine: "x86_64",
        compiler_package: "x86-64-linux-gnu",
    },
    ImagePlatform {
        docker: "linux/arm64",
        architecture: "arm64",
        machine: "aarch64",
        compiler_package: "aarch64-linux-gnu",
    },
];

/// A target and its `cfg` values.
#[derive(Debug, Clone)]
pub(crate) struct Target {
    triple: String,
    cfgs: Vec<Cfg>,
}

impl Target {
    /// Linux on `machine` with the given C library.
    ///
    /// The values are those of `rustc --print cfg --target …`; features of the processor are left out,
    /// as no manifest makes a dependency depend on them.
    pub(crate) fn linux(machine: &str, libc: Libc) -> Self {
        let env = match libc {
            Libc::Glibc => "gnu",
            Libc::Musl => "musl",
        };
        let values = [
            ("panic", "unwind"),
            ("target_abi", ""),
            ("target_arch", machine),
            ("target_endian", "little"),
            ("target_env", env),
            ("target_family", "unix"),
            ("target_has_atomic", "8"),
            ("target_has_atomic", "16"),
            ("target_has_atomic", "32"),
            ("target_has_atomic", "64"),
            ("target_has_atomic", "ptr"),
            ("target_os", "linux"),
            ("target_pointer_width", "64"),
            ("target_vendor", "unknown"),
        ];
        let mut cfgs: Vec<Cfg> = values
            .iter()
            .filter_map(|(key, value)| format!("{key}=\"{value}\"").parse().ok())
            .collect();
        cfgs.extend("unix".parse::<Cfg>());
        // What cargo knows since 1.88 is a name as any other to the version of cargo-platform that is used here.
        cfgs.extend("true".parse::<Cfg>());
        if libc == Libc::Musl {
            cfgs.extend("target_feature=\"crt-static\"".parse::<Cfg>());
        }
        Self {
            triple: format!("{machine}-unknown-linux-{env}"),
            cfgs,
        }
    }

    /// Whether a dependency for `platform` counts on this target; one without a platform always does.
    pub(crate) fn matches(&self, platform: Option<&Platform>) -> bool {
        platform.is_none_or(|platform| platform.matches(&self.triple, &self.cfgs))
    }

    /// Whether it is the target that a text names, `cfg(unix)` or a triple; not where the text is neither.
    pub(crate) fn matches_text(&self, text: &str) -> bool {
        // cargo's parser recurses.
        has_few_brackets(text)
            && text
                .parse::<Platform>()
                .is_ok_and(|platform| self.matches(Some(&platform)))
    }
}
