//! What the program finds in its image: arguments, user, working directory, home, data and labels.

use serde_json::{Value, json};

use crate::engine::{Image, docker, docker_ok, turn};
use crate::project::Project;

/// A project with these settings.
fn with(lines: &str) -> Project {
    Project::with(&format!("[package.metadata.dockerize]\n{lines}\n"))
}

/// The values of decisions.
fn values(decisions: &Value) -> Vec<&str> {
    let list = decisions.as_array().unwrap();
    list.iter()
        .map(|it| it["value"].as_str().unwrap())
        .collect()
}

#[test]
fn settings_are_in_the_file_and_in_the_plan() {
    let project = with(
        "cmd = [\"serve\", \"it's \\\"a\\\" $HOME\"]\nuser = 1000\n\
         data = [\"uploads/./in\", { path = \"/var/lib/app/\", volume = true }]\n\
         labels = { \"com.example.team\" = \"a  \\\"b\\\" $c \\\\\", \"org.opencontainers.image.version\" = \"9\" }",
    );
    let text = project.dockerfile(&[]);
    let last = "VOLUME [\"/var/lib/app\"]\nUSER 1000:1000\nENTRYPOINT [\"/usr/local/bin/app\"]\n\
                CMD [\"serve\", \"it's \\\"a\\\" $HOME\"]\n";
    let (text, _) = text.split_once("\n# digest ").unwrap();
    assert!(text.ends_with(last), "{text}");
    for line in [
        "RUN mkdir -p /rootfs/app /rootfs/app/uploads/in /rootfs/var/lib/app \\\n && \
         chown 1000:1000 /rootfs/app /rootfs/app/uploads/in /rootfs/var/lib/app\n",
        "WORKDIR /app\nCOPY --from=build /rootfs/ /\nENV HOME=\"/app\"\n",
        "org.opencontainers.image.version=\"9\" \\\n      com.example.team=\"a  \\\"b\\\" \\$c \\\\\"\n",
    ] {
        assert!(text.contains(line), "no {line} in {text}");
    }
    assert!(!text.contains("image.version=\"0.1.0\""), "{text}");
    let image = project.image(&[]);
    let runtime = &image["runtime"];
    assert_eq!(values(&runtime["cmd"]), ["serve", "it's \"a\" $HOME"]);
    assert_eq!(runtime["user"]["value"], "1000:1000");
    assert_eq!(values(&runtime["volumes"]), ["/var/lib/app"]);
    let folders = ["/app", "/app/uploads/in", "/var/lib/app"];
    assert_eq!(values(&runtime["folders"]), folders);
    let origin = &runtime["folders"][2]["because"][0]["origin"];
    assert_eq!(origin["key"], "package.metadata.dockerize.data");
    let data = json!([{ "path": "uploads/./in", "volume": false }, { "path": "/var/lib/app/", "volume": true }]);
    let settings = image["settings"].as_array().unwrap();
    assert!(
        settings.iter().any(|it| it["value"] == data),
        "{settings:?}"
    );
    let shown = project.run(&["plan"]).exits(0).stdout;
    for line in [
        "    argument serve\n",
        "      volume /var/lib/app\n",
        "       label com.example.team=a  \"b\" $c \\\n",
        "        user 1000:1000\n",
    ] {
        assert!(shown.contains(line), "no {line} in {shown}");
    }
}

#[test]
fn a_program_never_runs_as_root() {
    for user in ["0", "\"root\"", "\"0:1000\"", "\"1000:0\"", "\"root:1000\""] {
        let project = with(&format!("user = {user}"));
        project
            .run(&[])
            .refuses("manifest-key")
            .says("the program must not run as root: name a number, such as 1000")
            .says("Cargo.toml:");
        assert!(!project.has("Dockerfile"));
    }
    for user in [
        "\"www\"",
        "-1",
        "3000000000",
        "\"1000:x\"",
        "\"\"",
        "\"1\\nRUN id\"",
    ] {
        let ran = with(&format!("user = {user}")).run(&[]);
        ran.refuses("manifest-key")
            .says("is not the number of a user");
    }
    let variable = [("CARGO_DOCKERIZE_USER", "0")];
    let ran = Project::single().run_with(&[], &variable);
    ran.refuses("variable").says("must not run as root");
    let project = Project::single();
    let ran = project.run_with(&[], &[("CARGO_DOCKERIZE_USER", "1000:2000")]);
    ran.exits(0);
    assert!(project.read("Dockerfile").contains("\nUSER 1000:2000\n"));
}

#[test]
fn folders_of_the_system_stay_as_they_are() {
    for path in [
        "/",
        "/etc",
        "/usr/local/bin",
        "/proc/x",
        "/var/lib",
        "//var//lib/",
        "/usr/./lib/x",
        "/var/run/x",
    ] {
        with(&format!("data = [\"{path}\"]"))
            .run(&[])
            .refuses("image-folder")
            .says("belongs to the system")
            .says("package.metadata.dockerize.data");
    }
    for path in [
        "../x",
        "a/../../x",
        "a b",
        "$X",
        "",
        "a\\nRUN id",
        "\\u001b[2J",
        "-rf",
    ] {
        with(&format!("data = [\"{path}\"]"))
            .run(&[])
            .refuses("image-folder");
    }
    for path in ["data", "/a b", "/a\\nRUN id", "", "/$X"] {
        with(&format!("workdir = \"{path}\""))
            .run(&[])
            .refuses("image-folder");
    }
    let text = with("workdir = \"/\"").dockerfile(&[]);
    assert!(
        text.contains("\nWORKDIR /\n") && text.contains("\nENV HOME=\"/app\"\n"),
        "{text}"
    );
    let text = with("data = [\"/tmp\"]").dockerfile(&[]);
    assert!(
        text.contains("\nRUN install -d -m 1777 /rootfs/tmp\n"),
        "{text}"
    );
}

#[test]
fn a_home_of_the_image_is_left_alone() {
    let text = with("runtime = \"distroless\"").dockerfile(&[]);
    assert!(
        !text.contains("/rootfs/app") && !text.contains("HOME"),
        "{text}"
    );
    // Another user has none there.
    let text = with("runtime = \"distroless\"\nuser = 1000").dockerfile(&[]);
    assert!(text.contains("ENV HOME=\"/app\"\n"), "{text}");
    let text = with("runtime = \"debian:trixie-slim\"").dockerfile(&[]);
    assert!(text.contains("ENV HOME=\"/app\"\n"), "{text}");
    let text = with("env = { HOME = \"/elsewhere\" }").dockerfile(&[]);
    assert!(
        text.contains("ENV HOME=\"/elsewhere\"\n") && !text.contains("HOME=\"/app\""),
        "{text}"
    );
    // Of an image that nobody knows nothing is known.
    let text = with("runtime = \"registry.example/base:1\"").dockerfile(&[]);
    assert!(!text.contains("HOME"), "{text}");
}

#[test]
fn what_a_dockerfile_cannot_say_is_refused() {
    for line in [
        "env = { GREETING = \"a\\nb\" }",
        "env = { GREETING = \"\\u001b\" }",
        "labels = { team = \"a\\r\\nRUN id\" }",
    ] {
        let project = with(line);
        project
            .run(&[])
            .refuses("control-character")
            .says("has a line break or a control character");
        assert!(!project.has("Dockerfile"));
    }
    for name in ["a=b", "a b", "", "$x", "-a"] {
        let ran = with(&format!("labels = {{ \"{name}\" = \"v\" }}")).run(&[]);
        ran.refuses("label-name");
    }
}

/// Says what it finds, and where it may write.
const PROGRAM: &str = r#"use std::{env, fs};
fn main() {
    println!("{:?}", env::args().skip(1).collect::<Vec<_>>());
    let home = env::var("HOME").unwrap();
    let here = env::current_dir().unwrap();
    println!("{home} {} {}", here.display(), env::var("GREETING").unwrap());
    for folder in [".", home.as_str(), "uploads", "/var/lib/app"] {
        let path = format!("{folder}/file");
        let before = fs::read_to_string(&path).is_ok();
        println!("{folder} {} {before}", fs::write(path, "x").is_ok());
    }
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let ids = status.lines().filter(|line| line.starts_with("Uid") || line.starts_with("Gid"));
    ids.for_each(|line| println!("{}", line.split_whitespace().last().unwrap()));
}
"#;

#[test]
#[ignore = "needs Docker"]
fn the_program_writes_where_it_may() {
    let _turn = turn();
    for (runtime, user, home) in [
        ("scratch", "1000", "/app"),
        ("distroless", "65532", "/home/nonroot"),
        ("debian:trixie-slim", "1000", "/app"),
    ] {
        let user_line = if user == "1000" { "user = 1000\n" } else { "" };
        let project = with(&format!(
            "runtime = \"{runtime}\"\ncmd = [\"serve\", \"it's $HOME\"]\n{user_line}env = {{ GREETING = \"a  b\" }}\n\
             linkage = \"static\"\ndata = [\"uploads\", {{ path = \"/var/lib/app\", volume = true }}]"
        ))
        .file("src/main.rs", PROGRAM);
        project.generate(&[]);
        let name = format!("image-{}", runtime.split(':').next().unwrap());
        let image = Image::build(&project, &name, &["--build-arg=RUST_VERSION=1.85"]);
        let said = |here: &str, data: &str, before: bool| {
            format!(
                "{home} /app a  b\n. {here} false\n{home} {} {}\nuploads {data} false\n\
                 /var/lib/app true {before}\n{user}\n{user}\n",
                here == "true",
                home == "/app" && here == "true",
            )
        };
        // Hardened: nothing but the volume, where a second container finds what the first one wrote.
        let volume = format!("dockerize-test-{name}");
        docker(&["volume", "rm", "--force", &volume]);
        let mount = format!("{volume}:/var/lib/app");
        for before in [false, true] {
            let printed = docker_ok(&[
                "run",
                "--rm",
                "--read-only",
                "--cap-drop=ALL",
                "--network=none",
                "--volume",
                &mount,
                &image.tag,
            ]);
            let expected = format!(
                "[\"serve\", \"it's $HOME\"]\n{}",
                said("false", "false", before)
            );
            assert_eq!(printed, expected, "{runtime}");
        }
        docker_ok(&["volume", "rm", &volume]);
        // Not hardened, with arguments of its own.
        let printed = docker_ok(&["run", "--rm", "--network=none", &image.tag, "other"]);
        assert_eq!(
            printed,
            format!("[\"other\"]\n{}", said("true", "true", false)),
            "{runtime}"
        );
    }
}
