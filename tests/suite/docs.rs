//! What the README shows is what the tool prints.

use std::process::Command;

#[test]
fn the_readme_shows_the_real_files_of_the_example() {
    let root = env!("CARGO_MANIFEST_DIR");
    let output = Command::new(env!("CARGO_BIN_EXE_cargo-dockerize"))
        .args([
            "dockerize",
            "--manifest-path",
            "example-app/Cargo.toml",
            "--dry-run",
            "-q",
        ])
        .current_dir(root)
        .output()
        .expect("the binary runs");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let shown = String::from_utf8(output.stdout).expect("the files are UTF-8");
    let readme = std::fs::read_to_string(format!("{root}/README.md")).expect("there is a README");
    let readme = readme.replace("\r\n", "\n");
    assert!(
        readme.contains(shown.trim()),
        "refresh the README's first block with:\n{shown}"
    );
}
