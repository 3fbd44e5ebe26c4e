//! What stops the program.

use crate::diagnostic::Diagnostic;

/// The result of everything that can stop.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The project, or what was asked for, does not allow an answer.
    #[error("{}", .0.message)]
    Refused(Box<Diagnostic>),
    /// A file could not be read or written; the message names it.
    #[error(transparent)]
    Io(#[from] std::io::Error),
}

impl From<Diagnostic> for Error {
    fn from(diagnostic: Diagnostic) -> Self {
        Self::Refused(Box::new(diagnostic))
    }
}

impl Error {
    /// The finding that stopped the program, where there is one.
    pub fn diagnostic(&self) -> Option<&Diagnostic> {
        match self {
            Self::Refused(diagnostic) => Some(diagnostic),
            Self::Io(_) => None,
        }
    }
}
