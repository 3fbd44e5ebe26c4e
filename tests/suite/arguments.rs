//! Arguments without which a program does nothing.

use crate::project::{Project, manifest};

fn program(main: &str, lines: &str) -> Project {
    Project::empty()
        .file("Cargo.toml", &format!("{}{lines}\n", manifest("app")))
        .file("src/main.rs", main)
        .locked()
}

/// The message and the help about arguments.
fn said(project: &Project) -> Option<(String, String)> {
    let image = project.image(&[]);
    let mut diagnostics = image["diagnostics"].as_array().unwrap().iter();
    let found = diagnostics.find(|found| found["code"] == "needs-arguments")?;
    Some((
        found["message"].as_str().unwrap().to_owned(),
        found["help"][0].as_str().unwrap().to_owned(),
    ))
}

#[track_caller]
fn needs(main: &str, what: &str, cmd: &str) {
    let (message, help) =
        said(&program(main, "")).unwrap_or_else(|| panic!("nothing said:\n{main}"));
    assert_eq!(
        message,
        format!("`app` does not start without {what}"),
        "{main}"
    );
    let expected = format!("under [package.metadata.dockerize]: cmd = [{cmd}]");
    assert_eq!(help, expected, "{main}");
}

#[track_caller]
fn starts(main: &str) {
    assert_eq!(said(&program(main, "")), None, "{main}");
}

const CALL: &str = "fn main() { Args::parse(); }";

#[test]
fn a_derived_parser_requires_a_subcommand() {
    let serve = "#[derive(clap::Subcommand)]\nenum Cmd { Migrate, Serve { #[arg(long, default_value = \"a\")] bind: String } }\n";
    for (fields, item) in [
        ("#[command(subcommand)] cmd: Cmd", "clap::Parser"),
        ("#[clap(subcommand)] cmd: Cmd", "Parser"),
        ("#[structopt(subcommand)] cmd: Cmd", "StructOpt"),
        ("#[argh(subcommand)] cmd: Cmd", "FromArgs"),
        ("#[command(subcommand)] cmd: Box<Cmd>", "Parser"),
    ] {
        let main = format!("#[derive({item})]\nstruct Args {{ {fields} }}\n{serve}{CALL}\n");
        needs(&main, "a subcommand", "\"serve\"");
    }
    let flattened = format!(
        "#[derive(Parser)]\nstruct Args {{ #[command(flatten)] all: All }}\n#[derive(Args)]\nstruct All {{ #[command(subcommand)] cmd: Cmd }}\n{serve}{CALL}\n"
    );
    needs(&flattened, "a subcommand", "\"serve\"");
    let choice = "#[derive(Parser)]\nenum Args { Check, #[command(name = \"daemon\")] Background(More) }\n#[derive(clap::Args)]\nstruct More { config: String }\nfn main() { Args::parse(); }\n";
    needs(choice, "a subcommand", "\"daemon\", \"<config>\"");
    let unclear = format!(
        "#[derive(Parser)]\nstruct Args {{ #[command(subcommand)] cmd: Cmd }}\n#[derive(Subcommand)]\nenum Cmd {{ Init, Build }}\n{CALL}\n"
    );
    needs(&unclear, "a subcommand", "\"<subcommand>\"");
    let else_help = format!(
        "#[derive(Parser)]\n#[command(arg_required_else_help = true)]\nstruct Args {{ #[command(subcommand)] cmd: Option<Cmd> }}\n{serve}{CALL}\n"
    );
    needs(&else_help, "a subcommand", "\"serve\"");
}

#[test]
fn a_derived_parser_requires_arguments() {
    let main = |fields: &str| format!("#[derive(Parser)]\nstruct Args {{ {fields} }}\n{CALL}\n");
    needs(&main("file: PathBuf"), "the argument `file`", "\"<file>\"");
    needs(
        &main("#[arg(long)] upstream_url: String"),
        "the option `--upstream-url`",
        "\"--upstream-url=<upstream-url>\"",
    );
    needs(
        &main("#[arg(value_name = \"DIR\")] folder: PathBuf, #[arg(short, long)] port: u16"),
        "the argument `DIR` and the option `--port`",
        "\"<DIR>\", \"--port=<port>\"",
    );
    for fields in [
        "file: Option<PathBuf>",
        "files: Vec<PathBuf>",
        "#[arg(long)] verbose: bool",
        "#[arg(default_value = \"a\")] file: PathBuf",
        "#[arg(long, default_value_t = 1)] count: u8",
        "#[arg(short, action = clap::ArgAction::Count)] verbose: u8",
        "#[arg(long, env = \"TOKEN\")] token: String",
        "#[command(flatten)] verbose: Verbosity",
        "#[command(subcommand)] cmd: Option<Cmd>",
        "#[arg(skip)] seen: Seen",
        "#[cfg(windows)] #[arg(long)] service: String",
    ] {
        starts(&main(fields));
    }
}

#[test]
fn a_parser_that_is_built_requires_them_too() {
    needs(
        "fn main() { let m = Command::new(\"app\").subcommand_required(true).subcommand(Command::new(\"web\").about(\"x\")).subcommand(Command::new(\"seed\").arg(Arg::new(\"file\").required(true))).get_matches(); }",
        "a subcommand",
        "\"web\"",
    );
    needs(
        "fn main() { App::new(\"app\").arg(Arg::with_name(\"root\").required(true).index(1)).get_matches(); }",
        "the argument `root`",
        "\"<root>\"",
    );
    needs(
        "fn main() { Command::new(\"app\").arg(Arg::new(\"config\").long(\"config\").required(true)).get_matches(); }",
        "the option `--config`",
        "\"--config=<config>\"",
    );
    needs(
        "fn main() { let path = std::env::args().nth(1).expect(\"a path\"); }",
        "an argument",
        "\"<argument>\"",
    );
    needs(
        "fn main() { let mut args = pico_args::Arguments::from_env(); let a: String = args.free_from_str().unwrap(); }",
        "an argument",
        "\"<argument>\"",
    );
    starts(
        "fn main() { let path = std::env::args().nth(1).unwrap_or_default(); let own = std::env::args().next().unwrap(); }",
    );
    starts("fn main() { Command::new(\"app\").subcommand_required(false).get_matches(); }");
}

#[test]
fn parsers_that_are_not_run_require_nothing() {
    starts(
        "#[derive(Parser)]\nstruct Args { file: Option<String> }\n#[derive(Parser)]\nstruct Other { file: String }\nfn main() { Args::parse(); }\n",
    );
    starts(
        "#[cfg(test)]\nmod tests { #[derive(Parser)] struct Args { file: String } fn a() { Args::parse(); } }\nfn main() {}\n",
    );
    starts(
        "#[derive(Parser)]\nstruct Sql { query: String }\nfn main() {}\n#[derive(Parser)]\nstruct Args { #[arg(skip)] sql: Sql }\n",
    );
}

#[test]
fn arguments_of_the_settings_are_enough() {
    let main = "#[derive(Parser)]\nstruct Args { file: String }\nfn main() { Args::parse(); }\n";
    let project = program(main, "[package.metadata.dockerize]\ncmd = [\"a.txt\"]");
    assert_eq!(said(&project), None);
}

#[test]
fn the_type_may_be_in_another_file() {
    let project = Project::empty()
        .file("Cargo.toml", &manifest("app"))
        .file("src/main.rs", "mod cli;\nfn main() { cli::Args::parse(); }\n")
        .file("src/cli.rs", "mod cmd;\n#[derive(Parser)]\npub struct Args { #[command(subcommand)] cmd: cmd::Cmd }\n")
        .file("src/cli/cmd.rs", "#[derive(Subcommand)]\npub enum Cmd { Start, Stop }\n")
        .locked();
    assert_eq!(
        said(&project).unwrap().1,
        "under [package.metadata.dockerize]: cmd = [\"start\"]"
    );
}

#[test]
fn programs_of_loco_are_started_by_a_subcommand() {
    let project = Project::empty()
        .file(
            "Cargo.toml",
            &format!(
                "{}[dependencies]\nloco-rs = {{ path = \"loco\" }}\n[workspace]\n",
                manifest("app")
            ),
        )
        .file("src/main.rs", "fn main() { loco_rs::main() }\n")
        .library("loco", "loco-rs")
        .locked();
    let (message, help) = said(&project).unwrap();
    assert_eq!(
        message,
        "`app` does not start without the subcommand `start`"
    );
    assert_eq!(
        help,
        "under [package.metadata.dockerize]: cmd = [\"start\"]"
    );
    project.run(&["plan"]).exits(0).says("LOCO_ENV");
}

#[test]
fn a_variable_that_is_asked_about_first_is_not_needed() {
    let main = "fn main() {\n    if std::env::var(\"A\").is_ok() { let _ = std::env::var(\"A\").unwrap(); }\n    let _ = std::env::var(\"B\").unwrap();\n}\n";
    let image = Project::single().file("src/main.rs", main).image(&[]);
    let needed = &image["runtime"]["required_env"];
    let names: Vec<&str> = needed
        .as_array()
        .unwrap()
        .iter()
        .map(|needed| needed["value"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["B"]);
}
