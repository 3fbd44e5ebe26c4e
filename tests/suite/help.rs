//! What the program says about itself: the help, and the schema of its settings.

use crate::project::Project;

#[test]
fn the_short_help_fits_one_screen() {
    let short = Project::empty().run(&["-h"]).exits(0).stdout;
    assert!(short.lines().count() <= 34, "{short}");
    let widths = short.lines().map(|line| line.chars().count());
    assert!(widths.max() <= Some(100), "{short}");
    for flag in ["--package", "--bin", "--runtime", "--workspace", "--output"] {
        assert!(short.contains(flag), "no {flag} in {short}");
    }
    assert!(!short.contains("--linkage"), "{short}");
}

#[test]
fn the_long_help_has_all_options() {
    let ran = Project::empty().run(&["--help"]).exits(0);
    let widths = ran.stdout.lines().map(|line| line.chars().count());
    assert!(widths.max() <= Some(100), "{}", ran.stdout);
    for flag in [
        "--manifest-path",
        "--package",
        "--bin",
        "--features",
        "--runtime",
        "--libc",
        "--linkage",
        "--strategy",
        "--output",
        "--dry-run",
    ] {
        assert!(ran.stdout.contains(flag), "no {flag} in {}", ran.stdout);
    }
}

#[test]
fn the_schema_describes_what_manifests_may_say() {
    let ran = Project::empty().run(&["schema"]).exits(0);
    let schema: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    let tables = &schema["definitions"];
    // Keys stand only where the program takes them.
    assert!(tables["Package"]["properties"]["bin"].is_object());
    assert!(tables["Workspace"]["properties"]["bin"].is_null());
    assert!(tables["Workspace"]["properties"]["bake"].is_object());
    assert!(tables["Image"]["properties"]["images"].is_null());
    let images = &tables["Package"]["properties"]["images"];
    assert_eq!(
        images["additionalProperties"]["$ref"],
        "#/definitions/Image"
    );
    assert_eq!(tables["Package"]["additionalProperties"], false);
}
