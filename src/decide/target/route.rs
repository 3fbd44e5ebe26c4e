//! The ways to link a program, and the kinds of images that it can run in.

use crate::decision::Decision;
use crate::settings::Libc;

/// What the program is compiled for.
#[derive(Debug)]
pub(crate) struct Target {
    /// The C library, and how it is linked.
    pub(crate) route: Decision<Route>,
    /// The kind of runtime image.
    pub(crate) runtime: Decision<RuntimeKind>,
    /// Whether the machine that builds may be another than the one that it is for.
    pub(crate) is_cross: bool,
}

/// The ways to link a program, the smallest image first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Route {
    /// musl, always static.
    Musl,
    /// glibc in the program itself.
    StaticGlibc,
    /// glibc and all else as shared libraries.
    Dynamic,
}

/// The kind of image that the program runs in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum RuntimeKind {
    /// Nothing but the program.
    Scratch,
    /// The smallest distroless image that fits.
    Distroless,
    /// Debian's own image, for programs that only apt can install.
    Debian,
    /// An image that the user named.
    Named(String),
}

impl Route {
    pub(crate) fn libc(self) -> Libc {
        match self {
            Self::Musl => Libc::Musl,
            Self::StaticGlibc | Self::Dynamic => Libc::Glibc,
        }
    }

    pub(crate) fn is_static(self) -> bool {
        self != Self::Dynamic
    }
}

impl Target {
    pub(crate) fn libc(&self) -> Libc {
        self.route.value.libc()
    }

    pub(crate) fn is_static(&self) -> bool {
        self.route.value.is_static()
    }
}
