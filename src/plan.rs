//! What was decided: types only, one serializable value.
//!
//! The [`Plan`] is what `cargo dockerize plan --format json` prints, what the templates receive and
//! what tests snapshot. `crate::decide` makes it.

mod bake;
mod build;
mod builder;
mod caching;
mod context;
mod explanation;
mod front_end;
mod image;
pub(crate) mod layout;
mod platforms;
mod private;
mod runtime;
mod secrets;
mod skeleton;

use serde::{Deserialize, Serialize};

pub use self::bake::{Bake, BakeTarget, Shared};
pub use self::build::{Build, Tuning, Variable};
pub use self::builder::Builder;
pub use self::caching::{Caching, LocalLayer};
pub use self::context::{Context, Copy};
pub use self::explanation::{Explanation, Found, Lesson, RuleFacts, RuleSource};
pub use self::front_end::FrontEnd;
pub use self::image::{Files, Image, PackageFacts, TemplateFile};
pub use self::platforms::{PlatformStage, Platforms};
pub use self::private::{Private, Registry};
pub use self::runtime::{Healthcheck, Libraries, Port, Runtime, RuntimeFile};
pub use self::secrets::{NamePattern, SecretRule, Secrets};
pub use self::skeleton::{Masks, Skeleton, StubGroup, Stubs};
pub use crate::decision::{Decision, Evidence, Origin, Place};
pub use crate::shell::ShellText;

/// The version of the plan's shape: raised when a key changes its meaning or goes away.
pub const PLAN_VERSION: u32 = 1;

/// Everything that was decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Plan {
    /// The version of this shape.
    pub version: u32,
    /// The images, each with its own Dockerfile.
    pub images: Vec<Image>,
    /// What builds all of them at once, for a whole workspace.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bake: Option<Bake>,
}
