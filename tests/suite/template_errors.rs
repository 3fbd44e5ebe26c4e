//! What is wrong with a template is said with file, line, column and the nearest name.

use snapbox::str;

use crate::project::Project;
use crate::templates::project;

/// What is said of a project whose `docker/before-user.hbs` is this.
#[track_caller]
fn says(text: &str, expected: impl snapbox::IntoData) {
    let project = project("partials = \"docker\"").file("docker/before-user.hbs", text);
    said(&project, expected);
}

#[track_caller]
fn said(project: &Project, expected: impl snapbox::IntoData) {
    let ran = project.run(&[]).exits(101);
    assert!(!project.has("Dockerfile"));
    snapbox::assert_data_eq!(ran.stderr, expected);
}

#[test]
fn unknown_names() {
    says(
        "USER root\nLABEL a={{runtime.imgae.value}}\n",
        str![[r#"
error[template-name]: `runtime` has no `imgae`
 --> docker/before-user.hbs:2:11
  |
2 | LABEL a={{runtime.imgae.value}}
  |           ^^^^^^^^^^^^^^^^^^^ no such name
  |
  = help: did you mean `runtime.image.value`?

"#]],
    );
    says(
        "LABEL a={{nmae}}\n",
        str![[r#"
error[template-name]: the plan has no `nmae`
 --> docker/before-user.hbs:1:11
  |
1 | LABEL a={{nmae}}
  |           ^^^^ no such name
  |
  = help: did you mean `name`?

"#]],
    );
    says(
        "LABEL a={{#if runtime.stopsignal}}b{{/if}}\n",
        str![[r#"
error[template-name]: `runtime` has no `stopsignal`
 --> docker/before-user.hbs:1:15
  |
1 | LABEL a={{#if runtime.stopsignal}}b{{/if}}
  |               ^^^^^^^^^^^^^^^^^^ no such name
  |
  = help: did you mean `runtime.stop_signal`?

"#]],
    );
    says(
        "{{#each runtime.label}}\nLABEL {{value.name}}=1\n{{else}}\nLABEL a=b\n{{/each}}\n",
        str![[r#"
error[template-name]: `runtime` has no `label`
 --> docker/before-user.hbs:1:9
  |
1 | {{#each runtime.label}}
  |         ^^^^^^^^^^^^^ no such name
  |
  = help: did you mean `runtime.labels`?

"#]],
    );
    says(
        "{{#each runtime.labels}}\nLABEL {{value.nam}}=1\n{{/each}}\n",
        str![[r#"
error[template-name]: `value` has no `nam`
 --> docker/before-user.hbs:2:9
  |
2 | LABEL {{value.nam}}=1
  |         ^^^^^^^^^ no such name
  |
  = help: did you mean `value.name`?

"#]],
    );
    says(
        "{{#each runtime.labels}}\nLABEL {{files.context}}=1\n{{/each}}\n",
        str![[r#"
error[template-name]: `this` has no `files`
 --> docker/before-user.hbs:2:9
  |
2 | LABEL {{files.context}}=1
  |         ^^^^^^^^^^^^^ no such name
  |
  = help: did you mean `@root/files.context`?

"#]],
    );
    says(
        "{{#if (eq build.libc.valeu \"musl\")}}\nLABEL a=b\n{{/if}}\n",
        str![[r#"
error[template-name]: `build.libc` has no `valeu`
 --> docker/before-user.hbs:1:11
  |
1 | {{#if (eq build.libc.valeu "musl")}}
  |           ^^^^^^^^^^^^^^^^ no such name
  |
  = help: did you mean `build.libc.value`?

"#]],
    );
    says(
        "LABEL a={{quote @root.package.versoin}}\n",
        str![[r#"
error[template-name]: `@root.package` has no `versoin`
 --> docker/before-user.hbs:1:17
  |
1 | LABEL a={{quote @root.package.versoin}}
  |                 ^^^^^^^^^^^^^^^^^^^^^ no such name
  |
  = help: did you mean `@root.package.version`?

"#]],
    );
    says(
        "LABEL a={{builder.toolchain.value}}\n",
        str![[r#"
error[template-name]: `builder.toolchain` is null here: it has no `value`
 --> docker/before-user.hbs:1:11
  |
1 | LABEL a={{builder.toolchain.value}}
  |           ^^^^^^^^^^^^^^^^^^^^^^^ here
  |
  = help: write `{{#if builder.toolchain}}` around it

"#]],
    );
    says(
        "LABEL a={{name.value}}\n",
        str![[r#"
error[template-name]: `name` is a string: it has no `value`
 --> docker/before-user.hbs:1:11
  |
1 | LABEL a={{name.value}}
  |           ^^^^^^^^^^ here

"#]],
    );
}

#[test]
fn unknown_partials_and_helpers() {
    says(
        "LABEL a=b\n{{> runtmie}}\n",
        str![[r#"
error[template-partial]: there is no partial `runtmie`
 --> docker/before-user.hbs:2:5
  |
2 | {{> runtmie}}
  |     ^^^^^^^ here
  |
  = help: did you mean `runtime`?

"#]],
    );
    says(
        "{{#if name}}\nLABEL a={{qoute name}}\n{{/if}}\n",
        str![[r#"
error[template-helper]: there is no helper `qoute`
 --> docker/before-user.hbs:2:11
  |
2 | LABEL a={{qoute name}}
  |           ^^^^^ here
  |
  = help: did you mean `quote`?

"#]],
    );
    // In a branch that is not taken, too.
    says(
        "{{#unless name}}\nRUN {{words (valeus builder.packages)}}\n{{/unless}}\n",
        str![[r#"
error[template-helper]: there is no helper `valeus`
 --> docker/before-user.hbs:2:14
  |
2 | RUN {{words (valeus builder.packages)}}
  |              ^^^^^^ here
  |
  = help: did you mean `values`?
  = help: did you mean `unless`?

"#]],
    );
    says(
        "{{> (lookup runtime \"program\")}}\n",
        str![[r#"
error[template-partial]: the name of a partial is written out
 --> docker/before-user.hbs:1:1
  |
1 | {{> (lookup runtime "program")}}
  | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ here
  |
  = note: which partials a template needs is known before it is rendered
  = help: use `{{#if …}}` around several `{{> name}}`

"#]],
    );
}

#[test]
fn syntax() {
    says(
        "LABEL a={{name}\n",
        str![[r#"
error[template-syntax]: this is not valid Handlebars: expected identifier, helper parameter
 --> docker/before-user.hbs:1:15
  |
1 | LABEL a={{name}
  |               ^ here

"#]],
    );
    says(
        "{{#if name}}\nLABEL a=b\n{{/each}}\n",
        str![[r#"
error[template-syntax]: `{{#if}}` is closed by `{{/each}}`
 --> docker/before-user.hbs:3:1
  |
3 | {{/each}}
  | ^^^^^^^^^ here

"#]],
    );
    says(
        "{{#if name}}\nLABEL a=b\n",
        str![[r#"
error[template-syntax]: a block is not closed: `{{#name …}}` ends with `{{/name}}`
 --> docker/before-user.hbs:2:10
  |
2 | LABEL a=b
  |          ^ here

"#]],
    );
}

#[test]
fn values_that_are_not_quoted() {
    says(
        "LABEL a={{context.included}}\n",
        str![[r#"
error[template-value]: `context.included` is a list
 --> docker/before-user.hbs:1:11
  |
1 | LABEL a={{context.included}}
  |           ^^^^^^^^^^^^^^^^ here
  |
  = help: write one after the other: `{{#each context.included}}`
  = help: or all of them as words of a shell command: `words`

"#]],
    );
    says(
        "LABEL a={{runtime.image}}\n",
        str![[r#"
error[template-value]: `runtime.image` is an object: it has because, value
 --> docker/before-user.hbs:1:11
  |
1 | LABEL a={{runtime.image}}
  |           ^^^^^^^^^^^^^ here

"#]],
    );
    says(
        "STOPSIGNAL {{runtime.stop_signal}}\n",
        str![[r#"
error[template-value]: `runtime.stop_signal` is null here
 --> docker/before-user.hbs:1:14
  |
1 | STOPSIGNAL {{runtime.stop_signal}}
  |              ^^^^^^^^^^^^^^^^^^^ here
  |
  = help: write `{{#if runtime.stop_signal}}` around it

"#]],
    );
    says(
        "LABEL é={{build.programs.[0]}}\n",
        str![[r#"
error[template-value]: `build.programs.[0]` is not a plain word: "target/$(uname -m)-unknown-linux-musl/release"/app
 --> docker/before-user.hbs:1:11
  |
1 | LABEL é={{build.programs.[0]}}
  |           ^^^^^^^^^^^^^^^^^^ not quoted
  |
  = note: a Dockerfile or a shell may take it for more than one word
  = help: quote it for where it stands: `quote build.programs.[0]` in LABEL, ENV and ARG, `shell build.programs.[0]` in RUN, `json build.programs.[0]` in a JSON form, `comment build.programs.[0]` in a comment
  = help: or write it as it is, where it is made for that: `{{{build.programs.[0]}}}`

"#]],
    );
}

#[test]
fn helpers_in_the_wrong_place() {
    says(
        "RUN echo {{quote name}}\n",
        str![[r#"
error[template-place]: `quote` makes a value of `LABEL`, `ENV` or `ARG`, and this is `RUN`
 --> docker/before-user.hbs:1:12
  |
1 | RUN echo {{quote name}}
  |            ^^^^^ here
  |
  = help: `shell` is for `RUN`

"#]],
    );
    says(
        "RUN a \\\n{{#if name}}\n && b {{json name}} \\\n{{/if}}\n && c\n",
        str![[r#"
error[template-place]: `json` makes a string between the brackets of a JSON form, such as `CMD ["…"]`, and this is `RUN`
 --> docker/before-user.hbs:3:9
  |
3 |  && b {{json name}} /
  |         ^^^^ here
  |
  = help: `shell` is for `RUN`

"#]],
    );
    says(
        "LABEL a={{comment name}}\n",
        str![[r#"
error[template-place]: `comment` makes text of a comment, and this is `LABEL`
 --> docker/before-user.hbs:1:11
  |
1 | LABEL a={{comment name}}
  |           ^^^^^^^ here
  |
  = help: `quote` is for `LABEL`
  = help: `shell` is for `LABEL`

"#]],
    );
}

#[test]
fn templates_that_call_themselves() {
    let project = project("partials = \"docker\"")
        .file("docker/before-user.hbs", "{{> a}}\n")
        .file("docker/a.hbs", "{{#if name}}\n{{> b}}\n{{/if}}\n")
        .file("docker/b.hbs", "{{> a}}\n");
    said(
        &project,
        str![[r#"
error[template-cycle]: `a` includes itself
 --> docker/a.hbs:2:5
  |
2 | {{> b}}
  |     ^ here
  |
  = help: a template cannot call itself; `{{#each …}}` repeats

"#]],
    );
}

#[test]
fn deep_nesting() {
    let deep = "{{#if name}}".repeat(20000) + &"{{/if}}".repeat(20000);
    let project = |text: &str| project("partials = \"docker\"").file("docker/x.hbs", text);
    project(&deep).run(&[]).refuses("template-depth");
    let deep = format!(
        "{{{{#if {}name{}}}}}{{{{/if}}}}",
        "(not ".repeat(20000),
        ")".repeat(20000)
    );
    project(&deep).run(&[]).refuses("template-depth");
    let deep = format!("{{{{quote {}1{}}}}}", "[".repeat(20000), "]".repeat(20000));
    project(&deep).run(&[]).refuses("template-depth");
}

#[test]
fn snippets() {
    said(
        &project("snippets = { before-user = \"LABEL a={{nmae}}\" }"),
        str![[r#"
error[template-name]: the plan has no `nmae`
 --> Cargo.toml:6:39
  |
6 | snippets = { before-user = "LABEL a={{nmae}}" }
  |                                       ^^^^ no such name
  |
  = help: did you mean `name`?

"#]],
    );
    said(
        &project(
            "[package.metadata.dockerize.snippets]\nbefore-user = '''\nLABEL a=b\nLABEL a={{nmae}}\n'''",
        ),
        str![[r#"
error[template-name]: the plan has no `nmae`
 --> Cargo.toml:9:11
  |
9 | LABEL a={{nmae}}
  |           ^^^^ no such name
  |
  = help: did you mean `name`?

"#]],
    );
    // The lines of a value with escapes are not those of the manifest.
    said(
        &project("snippets = { before-user = \"LABEL a=b\\nLABEL a={{nmae}}\" }"),
        str![[r#"
error[template-name]: the plan has no `nmae`
 --> Cargo.toml:6:28
  |
6 | snippets = { before-user = "LABEL a=b/nLABEL a={{nmae}}" }
  |                            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ no such name
  |
  = help: did you mean `name`?

"#]],
    );
    said(
        &project("template = \"x.hbs\"\nsnippets = { after-build = \"RUN id\" }")
            .file("x.hbs", "FROM scratch\n"),
        str![[r#"
error[template-unused]: no template includes the snippet `after-build`
 --> Cargo.toml:7:29
  |
7 | snippets = { after-build = "RUN id" }
  |                             ^ here
  |
  = note: templates of this project replace those that did
  = help: write `{{> after-build}}` where it belongs

"#]],
    );
    said(
        &project("snippets = { before-biuld = \"RUN id\" }"),
        str![[r#"
error[manifest-key]: there is no key `before-biuld` in `[package.metadata.dockerize]`
 --> Cargo.toml:6:14
  |
6 | snippets = { before-biuld = "RUN id" }
  |              ^^^^^^^^^^^^ this key
  |
  = help: did you mean `before-build`?

"#]],
    );
}

#[test]
fn paths() {
    said(
        &project("template = \"docker/service.hbs\""),
        str![[r#"
error[template-missing]: `docker/service.hbs` does not exist
  |
  = note: Cargo.toml:6 package.metadata.dockerize.template
  = help: the path of `template` is relative to the manifest that it stands in
  = help: begin with what is built in: cargo dockerize templates eject

"#]],
    );
    said(
        &project("template = \"src\""),
        str![[r#"
error[template-kind]: `src` is not a file
  |
  = note: Cargo.toml:6 package.metadata.dockerize.template
  = help: name a file; a folder of them is what `partials` names

"#]],
    );
    said(
        &project("partials = \"src/main.rs\""),
        str![[r#"
error[template-kind]: `src/main.rs` is not a folder
  |
  = note: Cargo.toml:6 package.metadata.dockerize.partials
  = help: name the folder that the partials are in

"#]],
    );
    said(
        &project("partials = \"docker\""),
        str![[r#"
error[template-missing]: `docker` does not exist
  |
  = note: Cargo.toml:6 package.metadata.dockerize.partials
  = help: the path of `partials` is relative to the manifest that it stands in
  = help: begin with what is built in: cargo dockerize templates eject

"#]],
    );
    let outside = project("template = \"../outside.hbs\"").file("../outside.hbs", "FROM scratch\n");
    outside
        .run(&[])
        .refuses("template-outside")
        .says("../outside.hbs");
    let linked = project("partials = \"docker\"").file("../outside.hbs", "FROM scratch\n");
    fs_err::create_dir_all(linked.path("docker")).unwrap();
    let link = linked.path("docker/runtime.hbs");
    std::os::unix::fs::symlink(linked.path("../outside.hbs"), link).unwrap();
    linked.run(&[]).refuses("template-outside");
    // Inside of the repository is inside of the project.
    let beside = Project::at("repository/app")
        .file("../.git/HEAD", "")
        .file("../shared/before-user.hbs", "LABEL a=b\n")
        .program(".", "app")
        .locked();
    let keys = "[package.metadata.dockerize]\npartials = \"../shared\"\n";
    beside.write("Cargo.toml", &(beside.read("Cargo.toml") + keys));
    assert!(beside.dockerfile(&[]).contains("LABEL a=b\n"));
}

#[test]
fn files_that_are_no_text() {
    let project = project("template = \"x.hbs\"");
    fs_err::write(project.path("x.hbs"), [0xff, 0xfe, 0]).unwrap();
    project.run(&[]).refuses("template-text").says("UTF-8");
    fs_err::write(project.path("x.hbs"), vec![b'a'; (1 << 20) + 1]).unwrap();
    project.run(&[]).refuses("template-text").says("mebibyte");
}
