//! The `cargo dockerize` subcommand.

fn main() -> std::process::ExitCode {
    cargo_dockerize::cli::main()
}
