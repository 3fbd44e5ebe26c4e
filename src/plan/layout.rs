//! Where things are in the stages of the image, and under which names.

/// The variable of a build stage that has the target.
pub(crate) const TARGET_VARIABLE: &str = "RUST_TARGET";

/// Its value, in a shell.
pub(crate) const TARGET_VALUE: &str = "$RUST_TARGET";

/// Where cargo compiles in the image, relative to the working directory.
pub(crate) const TARGET_DIR: &str = "target";

/// The version that every package of the project gets in the skeleton.
pub(crate) const MASKED_VERSION: &str = "0.0.0";

/// What is in each stub, on two lines: valid as a library, a build script and a program of every edition, and
/// under lints that are denied.
///
/// cargo notes that the variable was read: a compile without it takes nothing that was made of a stub for
/// fresh, and a stub that is still there then does not compile.
pub(crate) const STUB: [&str; 2] = [
    "#![doc = \"stub\"] #![allow(unused_crate_dependencies)] fn main() {}",
    "const _: (fn(), &str) = (main, env!(\"DOCKERIZE_STUBS\", \"this is a stub, not the real file\"));",
];

/// Where the project is in the builder stage.
pub(crate) const WORKDIR: &str = "/build";

/// Where it waits to be compared with what was compiled last.
pub(crate) const WAITING: &str = "/src";

/// The user that distroless calls `nonroot`; a number works without a passwd file.
pub(crate) const USER: &str = "65532:65532";
