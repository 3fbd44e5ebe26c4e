//! The calculator as a command: `calc add 40 2` prints 42.

use std::env;
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    match run(&arguments) {
        Ok(result) => {
            println!("{result}");
            ExitCode::SUCCESS
        }
        Err(message) => {
            eprintln!("error: {message}");
            ExitCode::from(2)
        }
    }
}

/// Calculates what the arguments ask for.
fn run(arguments: &[String]) -> Result<i64, String> {
    let [operation, left, right] = arguments else {
        return Err("usage: calc <add|sub|mul|div> <number> <number>".to_owned());
    };
    example_app::evaluate(operation, left, right).map_err(|error| error.to_string())
}
