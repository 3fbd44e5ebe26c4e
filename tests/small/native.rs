//! Native code, and programs that build scripts run.

use crate::case::Case;

pub(crate) fn cases() -> Vec<Case> {
    let run = |program: &str, arguments: &str| {
        format!(
            "let out = std::process::Command::new(\"{program}\").args([{arguments}]).output().expect(\"{program} runs\");\n\
             String::from_utf8(out.stdout).unwrap().trim().to_owned()"
        )
    };
    vec![
        Case::new("script-runs-python")
            .script(&run("python3", "\"tools/gen.py\""))
            .file("tools/gen.py", "print('made')\n")
            .needs(&["tools/gen.py"])
            .packages(&["python3"])
            .prints("made"),
        Case::new("script-runs-perl-through-a-shell")
            .script(&run("sh", "\"-c\", \"./tools/gen.sh\""))
            .file("tools/gen.sh", "#!/bin/sh\necho made\n")
            .needs(&["tools/gen.sh"]),
        Case::new("script-runs-make")
            .script(&run("make", "\"-s\", \"-C\", \"native\""))
            .file("native/Makefile", "all:\n\t@echo made\n")
            .needs(&["native/Makefile"])
            .packages(&["make"])
            .prints("made"),
        Case::new("script-runs-what-nobody-knows")
            .script(&run("acme-idl", "\"--version\""))
            .warns(&["build-program"])
            .fails(),
    ]
}
