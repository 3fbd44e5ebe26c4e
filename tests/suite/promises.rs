//! Templates that take back what the plan promises.

use crate::project::Project;

/// A project with these snippets, or other keys.
fn with(keys: &str) -> Project {
    Project::with(&format!("[package.metadata.dockerize]\n{keys}\n")).file("LICENSE", "")
}

/// A project whose template of the stage that runs is this.
fn runtime(text: &str) -> Project {
    with("partials = \"docker\"").file("docker/runtime.hbs", text)
}

/// A stage that runs and keeps every promise.
const KEPT: &str = "FROM {{runtime.image.value}}\nCOPY --from=build /rootfs/ /\nUSER {{runtime.user.value}}\nENTRYPOINT [{{json runtime.program}}]\n";

/// The codes of what is said about templates, by all that say it.
#[track_caller]
fn codes(project: &Project) -> Vec<String> {
    let image = project.image(&[]);
    let diagnostics = image["diagnostics"].as_array().unwrap().iter();
    let codes = diagnostics.map(|found| found["code"].as_str().unwrap().to_owned());
    let codes: Vec<String> = codes.filter(|code| code.starts_with("template-")).collect();
    let generated = project.generate(&[]);
    let checked = project.run(&["check"]).exits(0);
    for code in &codes {
        for ran in [&generated, &checked] {
            let line = format!("warning[{code}]");
            assert!(ran.stderr.contains(&line), "no {line} in {}", ran.stderr);
        }
    }
    if codes.is_empty() {
        generated.keeps_quiet_about("[template-");
    }
    codes
}

#[test]
fn what_keeps_the_promises_is_not_warned_of() {
    let none: [&str; 0] = [];
    assert_eq!(codes(&runtime(KEPT)), none);
    for snippet in [
        "USER root\\nRUN [\\\"x\\\"]",
        "COPY --from=build /x /x",
        "CMD [\\\"x\\\"]",
        "# ENTRYPOINT app",
        "ADD https://example.com/x /x",
    ] {
        let project = with(&format!("snippets = {{ before-user = \"{snippet}\" }}"));
        assert_eq!(codes(&project), none, "{snippet}");
    }
    let project = with("include = [\"LICENSE\"]\nsnippets = { before-user = \"COPY LICENSE /\" }");
    assert_eq!(codes(&project), none);
    let project = with(
        "snippets = { stages = \"FROM debian:trixie-slim AS other\\nCOPY src/main.rs Cargo.* ./\\nENTRYPOINT app\" }",
    );
    assert_eq!(codes(&project), none);
    let text = KEPT.replace("USER {{runtime.user.value}}", "USER root\nUSER 65532:65532");
    assert_eq!(codes(&runtime(&text)), none);
}

#[test]
fn another_user_is_said() {
    for (line, what) in [
        (
            "USER root",
            "the program runs as root: a template sets `USER root`",
        ),
        ("USER 0", "runs as root"),
        ("user 0:0", "runs as root"),
        ("", "the program runs as root: no template sets a `USER`"),
        (
            "USER 1000",
            "the program runs as `1000`, and its folders belong to 65532:65532",
        ),
        ("USER www", "the program runs as `www`"),
    ] {
        let text = KEPT.replace("USER {{runtime.user.value}}", line);
        let project = runtime(&text);
        assert_eq!(codes(&project), ["template-user"], "{line}");
        let ran = project.run(&["plan"]).exits(0);
        assert!(!ran.stdout.contains("        user "), "{}", ran.stdout);
        let ran = ran.says(what);
        if !line.is_empty() {
            ran.says("--> docker/runtime.hbs:3:1");
        }
    }
    // Distroless has a user of its own.
    let text = KEPT.replace("USER {{runtime.user.value}}\n", "");
    let project = with("partials = \"docker\"\nruntime = \"distroless\"");
    project.write("docker/runtime.hbs", &text);
    codes(&project);
    project.generate(&[]).keeps_quiet_about("as root");
}

#[test]
fn a_shell_between_signals_and_program_is_said() {
    let text = KEPT.replace(
        "ENTRYPOINT [{{json runtime.program}}]",
        "ENTRYPOINT {{runtime.program}} \\\n  --verbose",
    );
    let project = runtime(&text);
    assert_eq!(codes(&project), ["template-shell-form"]);
    let ran = project.generate(&[]);
    ran.says("`ENTRYPOINT` is in shell form, and the image has no shell");
    let project =
        with("runtime = \"debian:trixie-slim\"\nsnippets = { before-user = \"CMD serve\" }");
    assert_eq!(codes(&project), ["template-shell-form"]);
    project
        .generate(&[])
        .says("`CMD` is in shell form: the shell is process 1")
        .says("--> Cargo.toml:");
    let snippet = "snippets = { before-user = \"HEALTHCHECK --interval=5s CMD curl localhost\" }";
    assert_eq!(codes(&with(snippet)), ["template-shell-form"]);
    let project = with(&format!("runtime = \"debian:trixie-slim\"\n{snippet}"));
    assert!(codes(&project).is_empty());
}

#[test]
fn another_image_is_said() {
    let project = runtime(&KEPT.replace("{{runtime.image.value}}", "alpine:3"));
    assert_eq!(codes(&project), ["template-runtime"]);
    project
        .generate(&[])
        .says("a template makes the image from `alpine:3`, and the plan is made for `scratch`")
        .says("runtime = \"alpine:3\"");
    let ran = project.run(&["plan"]).exits(0);
    assert!(!ran.stdout.contains("     runtime "), "{}", ran.stdout);
    // Through a stage of its own.
    let project = runtime(&KEPT.replace("{{runtime.image.value}}", "last"));
    let stages = "snippets = { stages = \"FROM busybox AS last\" }\n";
    let manifest = project.read("Cargo.toml");
    project.write("Cargo.toml", &(manifest + stages));
    assert_eq!(codes(&project), ["template-runtime"]);
}

#[test]
fn what_the_ignore_file_keeps_out_cannot_be_copied() {
    for (snippet, path) in [
        ("COPY LICENSE /", "LICENSE"),
        ("COPY --chown=1:1 src/main.rs docs/x /y/", "docs/x"),
        ("COPY [\\\"LICENSE\\\", \\\"/\\\"]", "LICENSE"),
        ("ADD ./config/*.toml /etc/", "./config/*.toml"),
    ] {
        let project = with(&format!("snippets = {{ before-user = \"{snippet}\" }}"));
        assert_eq!(codes(&project), ["template-copy"], "{snippet}");
        let said = format!("`{path}` is copied, and the ignore file keeps it out of the build");
        project.generate(&[]).says(&said);
    }
}

#[test]
fn what_is_said_can_be_allowed_and_denied() {
    let snippet = "snippets = { before-user = \"COPY LICENSE /\" }";
    let project = with(snippet);
    project
        .run(&["--deny-warnings"])
        .exits(1)
        .says("template-copy");
    let project = with(&format!("allow = [\"template-copy\"]\n{snippet}"));
    project
        .run(&["--deny-warnings"])
        .exits(0)
        .keeps_quiet_about("warning[template-copy]");
}
