//! Templates, partials and snippets of the project's own.

use serde_json::Value;
use snapbox::str;

use crate::dockerfile::{kinds, pairs, parse};
use crate::engine::{Image, turn};
use crate::plans::{CASES, case};
use crate::project::{Project, manifest};

const BOTH: [&str; 2] = ["Dockerfile", "Dockerfile.dockerignore"];

/// One package with these keys of its table.
pub(crate) fn project(keys: &str) -> Project {
    Project::with(&format!("[package.metadata.dockerize]\n{keys}"))
}

/// The package that a case of `tests/cases` is for.
fn package(project: &Project, arguments: &[&str]) -> String {
    let image = project.image(arguments);
    image["package"]["manifest"].as_str().unwrap().to_owned()
}

/// Puts keys into the table of the settings, whether there is one or not.
fn with_keys(project: &Project, manifest: &str, keys: &str) {
    let text = project.read(manifest);
    let table = "[package.metadata.dockerize]\n";
    let text = match text.contains(table) {
        true => text.replace(table, &format!("{table}{keys}\n")),
        false => format!("{text}\n{table}{keys}\n"),
    };
    project.write(manifest, &text);
}

/// The built-in templates, as `templates` lists them.
fn names(project: &Project) -> Vec<String> {
    let ran = project.run(&["templates"]).exits(0);
    let names = ran.stdout.lines().map(|line| line.split(' ').next());
    names.map(|name| name.unwrap().to_owned()).collect()
}

#[test]
fn ejected_templates_give_the_same_bytes() {
    for name in CASES {
        let (project, arguments) = case(name);
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        project.generate(&arguments);
        let before = BOTH.map(|file| project.read(file));
        let manifest = package(&project, &arguments);
        let folder = manifest.trim_end_matches("Cargo.toml");
        let output = format!("{folder}own");
        project
            .run(&["templates", "eject", "--output", &output])
            .exits(0);
        with_keys(&project, &manifest, "partials = \"own\"");
        project.generate(&arguments);
        assert_eq!(before, BOTH.map(|file| project.read(file)), "{name}");
        project.has_the_files_of(&project.plan(&arguments));
    }
}

/// Both files, without the lines about them.
fn bodies(project: &Project) -> String {
    let texts = BOTH.map(|file| project.read(file)).concat();
    let lines = texts.lines().filter(|line| !line.starts_with("# digest "));
    lines.map(|line| format!("{line}\n")).collect()
}

#[test]
fn each_template_can_be_replaced_alone() {
    let keys = "partials = \"docker\"\nassets = [\"static\"]\nstrategy = \"hybrid\"\nhealthcheck = \":80/\"";
    let project = project(keys)
        .file("static/x", "")
        .file("docker/notes.txt", "");
    project.generate(&[]);
    let before = bodies(&project);
    let all = names(&project);
    assert!(all.len() > 15, "{all:?}");
    for name in all {
        project
            .run(&["templates", "eject", &name, "--output", "docker"])
            .exits(0)
            .says(&format!("Created docker/{name}.hbs\n"));
        let path = format!("docker/{name}.hbs");
        project.write(&path, &format!("{}# this is mine\n", project.read(&path)));
        project.generate(&[]);
        let after = bodies(&project);
        // A program without shared libraries of the system renders no search for them and no look at their
        // version, one for one platform no compilers for others, public code nothing that fetches it, and one
        // image needs no bake file.
        let is_used = ![
            "bake",
            "fetch",
            "front-end",
            "glibc",
            "libraries",
            "platforms",
            "shared",
        ]
        .contains(&name.as_str());
        assert_eq!(after.contains("# this is mine\n"), is_used, "{name}");
        let same = after.replace("# this is mine\n", "");
        assert_eq!(before, same, "{name}");
        fs_err::remove_file(project.path(&path)).unwrap();
    }
}

#[test]
fn a_template_of_its_own() {
    let project = project("template = \"docker/service.hbs\"").file(
        "docker/service.hbs",
        "FROM {{builder.image.value}} AS build\n{{> program}}\nFROM {{runtime.image.value}}\n",
    );
    let instructions = parse(&project.dockerfile(&[]));
    assert_eq!(kinds(&instructions), ["FROM", "COPY", "RUN", "FROM"]);
    // The ignore file is the built-in one.
    assert!(project.read(BOTH[1]).contains("!src\n"));
    let templates = project.image(&[])["templates"].clone();
    assert_eq!(templates[0]["value"]["name"], "Dockerfile");
    assert_eq!(templates[0]["value"]["file"], "docker/service.hbs");
    let origin = &templates[0]["because"][0]["origin"];
    assert_eq!(origin["key"], "package.metadata.dockerize.template");
    assert_eq!(origin["file"], "Cargo.toml");
}

#[test]
fn a_new_partial_is_for_the_others() {
    let project = project("partials = \"docker\"")
        .file(
            "docker/healthcheck.hbs",
            "HEALTHCHECK CMD [{{json program}}]\n",
        )
        .file("docker/before-user.hbs", "{{> healthcheck runtime}}\n")
        .file("docker/notes.txt", "{{")
        .file("docker/below/runtime.hbs", "{{");
    let text = project.dockerfile(&[]);
    let line = "HEALTHCHECK CMD [\"/usr/local/bin/app\"]\nUSER 65532:65532\n";
    assert!(text.contains(line), "{text}");
    let templates = project.image(&[])["templates"].clone();
    let names: Vec<&Value> = templates.as_array().unwrap().iter().collect();
    assert_eq!(names.len(), 2);
}

#[test]
fn partials_of_a_workspace_are_shared() {
    let head = "[package.metadata.dockerize]\npartials = \"../docker\"\n";
    let project = Project::empty()
        .file(
            "Cargo.toml",
            "[workspace]\nmembers = [\"a\", \"b\"]\nresolver = \"2\"\n",
        )
        .program("a", "a")
        .program("b", "b")
        .file(
            "docker/before-user.hbs",
            "LABEL team={{quote \"x y\"}} of={{name}}\n",
        )
        .locked();
    for name in ["a", "b"] {
        project.write(
            &format!("{name}/Cargo.toml"),
            &format!("{}{head}", manifest(name)),
        );
        let text = project.dockerfile(&["-p", name, "--force"]);
        assert!(
            text.contains(&format!("LABEL team=\"x y\" of={name}\n")),
            "{text}"
        );
    }
    let templates = project.image(&["-p", "a"])["templates"].clone();
    assert_eq!(templates[0]["value"]["file"], "docker/before-user.hbs");
}

#[test]
fn snippets_stand_where_they_say() {
    let plain = Project::single().instructions(&[]);
    let project = project(
        "[package.metadata.dockerize.snippets]
before-dependencies = \"RUN echo one\"
before-build = '''
RUN echo two {{shell name}} \\
 && echo three
'''
after-build = \"RUN install -D LICENSE /rootfs/LICENSE\"
stages = \"FROM scratch AS extra\\nCOPY LICENSE /\\n\\n\\n\"
before-user = \"EXPOSE {{#if runtime.ports}}1{{else}}2{{/if}}\"",
    );
    let text = project.instructions(&[]);
    let at = |line: &str| {
        let found = text.find(line);
        found.unwrap_or_else(|| panic!("no {line} in\n{text}"))
    };
    let order = [
        "FROM rust:${RUST_VERSION}-slim-trixie AS build\nRUN echo one\nWORKDIR /build\n",
        "COPY --from=skeleton /build/ /build/\n",
        "COPY src src\nRUN echo two app && echo three\nRUN cargo build",
        "RUN install -D LICENSE /rootfs/LICENSE\nFROM scratch AS extra\nCOPY LICENSE /\nFROM scratch\n",
        "COPY --from=build /rootfs/ /\nENV HOME=\"/app\"\nEXPOSE 2\nUSER 65532:65532\n",
    ];
    let places: Vec<usize> = order.iter().map(|line| at(line)).collect();
    assert!(places.is_sorted(), "{places:?}\n{text}");
    // Nothing else is new but that the program is put under /rootfs.
    assert_eq!(text.lines().count(), plain.lines().count() + 6);
    assert!(text.contains("install -D --target-directory=/rootfs/usr/local/bin"));
    let templates = project.image(&[])["templates"].clone();
    let names: Vec<&Value> = templates.as_array().unwrap().iter().collect();
    assert_eq!(names.len(), 5);
    assert_eq!(templates[0]["value"]["name"], "after-build");
    assert_eq!(templates[0]["value"]["file"], "Cargo.toml");
}

#[test]
fn snippets_stand_in_every_strategy() {
    for strategy in ["layers", "mounts", "hybrid"] {
        let project = project(
            "snippets = { before-dependencies = \"RUN one\", before-build = \"RUN two\", after-build = \"RUN three\" }",
        );
        let text = project.instructions(&["--strategy", strategy]);
        let lines: Vec<&str> = text.lines().collect();
        let find = |line: &str| {
            let mut found = lines.iter().enumerate().filter(|(_, text)| **text == line);
            let (at, _) = found
                .next()
                .unwrap_or_else(|| panic!("no {line} in\n{text}"));
            assert_eq!(found.next(), None, "{line} twice in\n{text}");
            at
        };
        let compiles = lines.iter().rposition(|line| line.contains("cargo build"));
        // With a mount, the files of the builder are listed in between.
        let between = lines[find("RUN two") + 1..compiles.unwrap()].join("\n");
        match strategy {
            "layers" => assert_eq!(between, "", "{text}"),
            _ => assert!(
                between.starts_with("RUN find / ") && !between.contains('\n'),
                "{strategy}\n{text}"
            ),
        }
        assert_eq!(
            find("RUN three") - 1,
            compiles.unwrap(),
            "{strategy}\n{text}"
        );
        let first = lines.iter().position(|line| line.contains("cargo build"));
        assert!(find("RUN one") < first.unwrap());
    }
}

#[test]
fn a_snippet_wins_over_a_file() {
    let project = project("partials = \"docker\"\nsnippets = { before-user = \"LABEL of=key\" }")
        .file("docker/before-user.hbs", "LABEL of=file\n");
    let text = project.dockerfile(&[]);
    assert!(
        text.contains("LABEL of=key\n") && !text.contains("of=file"),
        "{text}"
    );
}

#[test]
fn empty_places_change_nothing() {
    let before = Project::single().dockerfile(&[]);
    let project = project("partials = \"docker\"\nsnippets = { stages = \"\" }")
        .file("docker/after-build.hbs", "{{! nothing }}\r\n")
        .file("docker/before-user.hbs", "\u{feff}");
    let after = project.dockerfile(&[]);
    assert_eq!(before, after);
}

#[test]
fn line_ends_of_a_checkout_change_nothing() {
    let text = "LABEL a=b\n{{#if name}}\nLABEL c=d\n{{/if}}\n";
    let project = project("partials = \"docker\"").file("docker/before-user.hbs", text);
    let before = project.dockerfile(&[]);
    project.write("docker/before-user.hbs", &text.replace('\n', "\r\n"));
    project.run(&["check"]).exits(0);
    assert_eq!(before, project.dockerfile(&[]));
}

#[test]
fn check_sees_a_changed_template() {
    let project = project("partials = \"docker\"").file("docker/before-user.hbs", "LABEL a=b\n");
    project.generate(&[]);
    project.run(&["check"]).exits(0);
    project.write("docker/before-user.hbs", "LABEL a=c\n");
    let ran = project
        .run(&["check"])
        .exits(1)
        .says("Outdated Dockerfile\n");
    assert!(
        ran.stdout.contains("-LABEL a=b\n+LABEL a=c\n"),
        "{}",
        ran.stdout
    );
    project.generate(&[]).says("Updated Dockerfile\n");
    project.run(&["check"]).exits(0);
}

#[test]
fn templates_are_not_sent_to_the_engine() {
    let project = project("partials = \"docker\"").file("docker/before-user.hbs", "LABEL a=b\n");
    project.generate(&[]);
    assert!(!project.read(BOTH[1]).contains("!docker"));
}

#[test]
fn what_handlebars_can_do() {
    let text = "{{#each runtime.labels as |label|}}
{{#if @first}}LABEL first={{@index}}{{else if @last}}LABEL last={{@index}}{{else}}# {{@key}}{{@index}}{{/if}}
LABEL {{label.value.name}}={{quote ../name}}
{{/each}}
{{#with runtime.image ~}}
  LABEL image={{value}} of={{@root/name}} with={{@root.package.version}}
{{/with}}
{{#*inline \"own\"}}LABEL own={{this.name}}{{/inline}}
{{> own package}}
{{#if (and (eq build.libc.value \"musl\") (not runtime.ports))}}LABEL ports={{len runtime.ports}}
{{/if}}
{{#each runtime.ports}}LABEL no=port{{else}}LABEL no=ports{{/each}}
{{{{raw}}}}# {{name}}{{{{/raw}}}}
# \\{{name}} {{#if (has package \"nothing\")}}has{{else}}has not{{/if}}
LABEL label={{lookup (lookup (lookup runtime.labels 1) \"value\") \"value\"}}
"
    .replace("\\\"", "\"");
    let project = project("partials = \"docker\"").file("docker/before-user.hbs", &text);
    let text = project.dockerfile(&[]);
    let (_, lines) = text.split_once("COPY --from=build /rootfs/ /\n").unwrap();
    let (lines, _) = lines.split_once("\n# digest ").unwrap();
    snapbox::assert_data_eq!(
        lines,
        str![[r#"
ENV HOME="/app"
LABEL first=0
LABEL org.opencontainers.image.title="app"
LABEL last=1
LABEL org.opencontainers.image.version="app"
LABEL image=scratch of=app with=0.1.0

LABEL own=appLABEL ports=0
LABEL no=ports
# {{name}}
# {{name}} has not
LABEL label=0.1.0
USER 65532:65532
ENTRYPOINT ["/usr/local/bin/app"]

"#]]
    );
}

#[test]
fn the_plan_for_people_names_templates() {
    let project = project("partials = \"docker\"").file("docker/before-user.hbs", "LABEL a=b\n");
    let ran = project.run(&["plan"]).exits(0);
    let row = "template before-user from docker/before-user.hbs\n             Cargo.toml:6 package.metadata.dockerize.partials: a template of the project\n";
    assert!(ran.stdout.contains(row), "{}", ran.stdout);
}

#[test]
fn hostile_values_stay_values() {
    let texts = [
        "x\nRUN id",
        "$(id)",
        "`id`",
        "\" other=\"x",
        "it's",
        "a\\",
        "<<EOF",
        "a # b",
        "a; id",
        "${x:-$(id)}",
    ];
    for text in texts {
        let quoted = serde_json::to_string(text).unwrap();
        let with = |snippet: &str| {
            project(&format!(
                "cmd = [{quoted}]\nsnippets = {{ before-user = '''{snippet}''' }}"
            ))
        };
        let value = "runtime.cmd.[0].value";
        // Written as it is, it would be more than a value.
        with(&format!("LABEL mine={{{{{value}}}}}"))
            .run(&[])
            .refuses("template-value");
        // Quoted, it is one.
        let project = with(&format!("LABEL mine={{{{quote {value}}}}}"));
        let instructions = parse(&project.dockerfile(&[]));
        let label = instructions
            .iter()
            .rfind(|line| line.kind == "LABEL")
            .unwrap();
        let flat = text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!(pairs(&label.text), [("mine".to_owned(), flat)]);
        let project = with(&format!(
            "# {{{{comment {value}}}}}\nENTRYPOINT [{{{{json {value}}}}}]"
        ));
        let instructions = parse(&project.dockerfile(&[]));
        let command = instructions
            .iter()
            .find(|line| line.kind == "ENTRYPOINT")
            .unwrap();
        assert_eq!(
            serde_json::from_str::<Vec<String>>(&command.text).unwrap(),
            [text]
        );
        // No quotes of a shell keep a line break: Docker reads lines before a shell reads quotes.
        let project = with(&format!("RUN printf %s {{{{shell {value}}}}}"));
        if text.contains('\n') {
            project.run(&[]).refuses("template-value");
            with(&format!("RUN {{{{{{{value}}}}}}}"))
                .run(&[])
                .refuses("template-value");
            continue;
        }
        let instructions = parse(&project.dockerfile(&[]));
        let run = instructions
            .iter()
            .rfind(|line| line.kind == "RUN")
            .unwrap();
        let output = std::process::Command::new("sh")
            .args(["-c", &run.text])
            .output()
            .unwrap();
        assert_eq!(String::from_utf8(output.stdout).unwrap(), text);
    }
}

#[test]
fn eject_writes_what_is_built_in_and_keeps_what_is_there() {
    let project = Project::empty();
    let ran = project.run(&["templates", "eject"]).exits(0);
    let names = names(&project);
    for name in &names {
        assert!(
            ran.stderr
                .contains(&format!("Created docker/templates/{name}.hbs\n"))
        );
    }
    let ran = ran.says("partials = \"docker/templates\"\n");
    assert_eq!(ran.stderr.lines().count(), names.len() + 1);
    let file = "docker/templates/runtime.hbs";
    assert!(
        project
            .read(file)
            .starts_with("{{!-- The stage that runs. --}}\n")
    );
    project
        .run(&["templates", "eject"])
        .exits(0)
        .says("Unchanged docker/templates/runtime.hbs\n");
    project.write(file, "mine");
    fs_err::remove_file(project.path("docker/templates/assets.hbs")).unwrap();
    project
        .run(&["templates", "eject"])
        .refuses("template-exists")
        .says("docker/templates/runtime.hbs")
        .says("--force");
    assert_eq!(project.read(file), "mine");
    assert!(
        !project.has("docker/templates/assets.hbs"),
        "some were written"
    );
    project
        .run(&["templates", "eject", "runtime", "--force"])
        .exits(0)
        .says("Updated docker/templates/runtime.hbs\n");
    project
        .run(&["templates", "eject", "Dockerfile", "--output", "service"])
        .exits(0)
        .says("template = \"service/Dockerfile.hbs\"\n");
    project
        .run(&["templates", "eject", "runtmie"])
        .refuses("unknown-template")
        .says("did you mean `runtime`?");
}

#[test]
fn every_template_says_what_it_is() {
    let ran = Project::empty().run(&["templates"]).exits(0);
    for line in ran.stdout.lines() {
        let (name, summary) = line.split_once(' ').unwrap();
        let summary = summary.trim();
        assert!(
            summary.ends_with('.') && summary.len() > 15,
            "{name}: {summary}"
        );
    }
    assert!(docs().contains(&ran.stdout), "refresh docs/templates.md");
}

fn docs() -> String {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/templates.md");
    let text = fs_err::read_to_string(path).unwrap();
    text.replace("\r\n", "\n")
}

#[test]
fn every_helper_is_in_the_docs() {
    let project = project("snippets = { stages = '{{zzzzzzzzzzzz name}}' }");
    let ran = project.run(&[]).refuses("template-helper");
    let (_, names) = ran.stderr.split_once("there are: ").unwrap();
    let names: Vec<&str> = names.trim().split(", ").collect();
    assert!(names.len() > 20, "{names:?}");
    let docs = docs();
    for name in names {
        let is_there =
            docs.contains(&format!("`{name}`")) || docs.contains(&format!("`{{{{{name} "));
        assert!(is_there, "{name}");
    }
}

/// A program that needs what each of the snippets makes.
fn in_need_of_snippets() -> Project {
    let main = "mod words;
fn main() {
    let read = |path| std::fs::read_to_string(path).unwrap();
    print!(\"{} {} {}\", words::WORDS, read(\"/NOTICE\").trim(), read(\"/data.txt\"));
}
";
    project(
        "include = [\"NOTICE\"]
partials = \"docker\"
env = { TEXT = '$(id) \"it is\" `id`' }
[package.metadata.dockerize.snippets]
before-dependencies = 'RUN echo generated > /usr/local/share/word'
before-build = '''
RUN echo \"pub const WORDS: &str = \\\"$(cat /usr/local/share/word)\\\";\" > src/words.rs
'''
after-build = '''
COPY NOTICE ./
RUN install -D --mode=0644 NOTICE /rootfs/NOTICE
'''
stages = '''
FROM {{builder.image.value}} AS data
RUN printf %s {{shell runtime.env.[0].value.value}} > /data.txt
'''
before-user = '''
COPY --from=data /data.txt /data.txt
{{> text runtime.env.[0]}}
'''",
    )
    .file("docker/text.hbs", "LABEL text={{quote value.value}}\n")
    .file("NOTICE", "noticed\n")
    .file("src/main.rs", main)
}

#[test]
#[ignore = "needs a Docker engine"]
fn snippets_and_partials_are_built() {
    let _turn = turn();
    let project = in_need_of_snippets();
    for strategy in ["layers", "mounts"] {
        project.generate(&["--libc", "glibc", "--strategy", strategy]);
        let name = format!("templates-{strategy}");
        let image = Image::build(&project, &name, &["--build-arg=RUST_VERSION=1"]);
        let text = "$(id) \"it is\" `id`";
        assert_eq!(image.prints(&[]), format!("generated noticed {text}"));
        assert_eq!(image.inspect("{{.Config.Labels.text}}"), text);
    }
}
