//! Settings that are one of a few words.

use std::fmt;

use serde::{Deserialize, Serialize};

/// An enumeration whose variants are words of a manifest: the word is written once.
macro_rules! words {
    ($(
        $(#[doc = $about:literal])+
        $name:ident { $($(#[doc = $doc:literal])+ $variant:ident = $word:literal,)+ }
    )+) => {$(
        $(#[doc = $about])+
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
        #[cfg_attr(test, derive(schemars::JsonSchema))]
        pub enum $name {
            $($(#[doc = $doc])+ #[serde(rename = $word)] $variant,)+
        }

        impl $name {
            /// The words that it is set with.
            pub const WORDS: &'static [&'static str] = &[$($word),+];
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(match self {
                    $(Self::$variant => $word,)+
                })
            }
        }
    )+};
}

words! {
    /// The C library of the program.
    Libc {
        /// GNU: what Debian and distroless have.
        Glibc = "glibc",
        /// Linked statically, always.
        Musl = "musl",
    }

    /// How the program is linked with the C library and others.
    Linkage {
        /// All in one file.
        Static = "static",
        /// Shared libraries, in the image.
        Dynamic = "dynamic",
    }

    /// What a release build is tuned for, where the project's own profile says nothing.
    Optimize {
        /// Small: fat LTO, one codegen unit, stripped, `opt-level = "z"`.
        Size = "size",
        /// Fast: fat LTO, one codegen unit, stripped.
        Speed = "speed",
    }

    /// Where build artifacts are cached between builds of the image.
    Strategy {
        /// In layers: works with every builder, and a registry can carry it to another machine.
        Layers = "layers",
        /// In cache mounts: nothing is compiled twice on a builder that lasts.
        Mounts = "mounts",
        /// Dependencies in a layer, which is what a cache mount for the program begins with.
        Hybrid = "hybrid",
    }
}
