//! What a repository makes cargo run on the machine of who looks at it.

use crate::diagnostic::{Code, Diagnostic, Location};
use crate::inspect::Workspace;

/// Warns of programs that cargo's configuration names by a path.
pub(crate) fn warned_of(workspace: &Workspace) -> Vec<Diagnostic> {
    let programs = workspace.programs.iter();
    programs
        .map(|found| {
            let file = workspace.display(&found.found_at.path);
            let message = format!(
                "cargo runs `{}`, as `{}` of the repository says",
                found.program.escape_debug(),
                found.key.escape_debug()
            );
            let when = match found.is_provider {
                true => "cargo asks it for tokens whenever a registry needs one, also while an image is planned",
                false => "every build with cargo runs it, here and in the image; planning does not",
            };
            Diagnostic::warning(Code::RepositoryRunsProgram, message)
                .at(Location::line(file, found.found_at.line))
                .note(when)
                .help("read it before you run cargo in a repository that you do not trust")
        })
        .collect()
}
