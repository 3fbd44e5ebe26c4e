//! The codes of everything that the tool has to say: a row each, and a page in `codes/`.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

macro_rules! codes {
    ($($name:ident = $text:literal,)*) => {
        /// What a [`Diagnostic`](super::Diagnostic) is about: a stable name, such as `several-binaries`.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Code {
            $(
                #[doc = include_str!(concat!("codes/", $text, ".md"))]
                $name,
            )*
        }

        impl Code {
            /// All codes, in the order of their names.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The name, as it is shown and written.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)*
                }
            }

            /// What it means, why it matters and what to do, as Markdown of plain paragraphs and blocks of code.
            #[cfg(any(feature = "cli", test))]
            pub const fn page(self) -> &'static str {
                match self {
                    $(Self::$name => include_str!(concat!("codes/", $text, ".md")),)*
                }
            }
        }
    };
}

codes! {
    Alias = "alias",
    AssetMissing = "asset-missing",
    AssetOutside = "asset-outside",
    AssetTwice = "asset-twice",
    AssetWhole = "asset-whole",
    Assets = "assets",
    BuildGit = "build-git",
    BuildNetwork = "build-network",
    BuildProgram = "build-program",
    BuildVariable = "build-variable",
    BuilderLibc = "builder-libc",
    CargoConfig = "cargo-config",
    CargoMetadata = "cargo-metadata",
    CargoNotFound = "cargo-not-found",
    ConfigInclude = "config-include",
    ConfigPath = "config-path",
    ControlCharacter = "control-character",
    DebianPackage = "debian-package",
    DeniedWarnings = "denied-warnings",
    DotenvRequired = "dotenv-required",
    EditedFile = "edited-file",
    Failed = "failed",
    FileEncoding = "file-encoding",
    FileTooLarge = "file-too-large",
    ForeignFile = "foreign-file",
    ForeignFolder = "foreign-folder",
    FrontEnd = "front-end",
    GitVersion = "git-version",
    Healthcheck = "healthcheck",
    HostKey = "host-key",
    IgnoredByGit = "ignored-by-git",
    ImageFolder = "image-folder",
    ImageName = "image-name",
    ImageReference = "image-reference",
    IncludeMissing = "include-missing",
    InputMissing = "input-missing",
    LabelName = "label-name",
    LayersNamesake = "layers-namesake",
    LayersPackage = "layers-package",
    LayersShared = "layers-shared",
    LayersUnused = "layers-unused",
    LibraryVersion = "library-version",
    Linkage = "linkage",
    LockFile = "lock-file",
    Loopback = "loopback",
    LowPort = "low-port",
    ManifestDir = "manifest-dir",
    ManifestKey = "manifest-key",
    ManifestSyntax = "manifest-syntax",
    MemberConfig = "member-config",
    MisplacedKey = "misplaced-key",
    MuslAllocator = "musl-allocator",
    MuslBlocked = "musl-blocked",
    NativeCpu = "native-cpu",
    NeedsArguments = "needs-arguments",
    NewerFile = "newer-file",
    NightlyNeeded = "nightly-needed",
    NoBinary = "no-binary",
    NoBuildScript = "no-build-script",
    NoLockFile = "no-lock-file",
    NoManifest = "no-manifest",
    NoMember = "no-member",
    NoPort = "no-port",
    NoSignal = "no-signal",
    OtherImage = "other-image",
    OutdatedLockFile = "outdated-lock-file",
    OutputOutside = "output-outside",
    OutsideContext = "outside-context",
    PasswordInAddress = "password-in-address",
    PasswordInConfiguration = "password-in-configuration",
    PathCharacter = "path-character",
    PathPattern = "path-pattern",
    PlatformsEmulated = "platforms-emulated",
    PlatformsRuntime = "platforms-runtime",
    Port = "port",
    PrivateLockFile = "private-lock-file",
    RegistryName = "registry-name",
    RegistryUnnamed = "registry-unnamed",
    RelativeFolder = "relative-folder",
    RepositoryRunsProgram = "repository-runs-program",
    RunsProgram = "runs-program",
    RuntimeFile = "runtime-file",
    RuntimeGlibc = "runtime-glibc",
    RuntimeLibc = "runtime-libc",
    RuntimePackage = "runtime-package",
    RustTooNew = "rust-too-new",
    SameDockerfile = "same-dockerfile",
    SecretShipped = "secret-shipped",
    SecretsKeptOut = "secrets-kept-out",
    SeveralBinaries = "several-binaries",
    SeveralImages = "several-images",
    SpecialFile = "special-file",
    SqlxQueries = "sqlx-queries",
    StaticBlocked = "static-blocked",
    StaticPossible = "static-possible",
    TargetNotCopied = "target-not-copied",
    TargetPath = "target-path",
    TemplateCopy = "template-copy",
    TemplateCycle = "template-cycle",
    TemplateDepth = "template-depth",
    TemplateExists = "template-exists",
    TemplateHelper = "template-helper",
    TemplateKind = "template-kind",
    TemplateMissing = "template-missing",
    TemplateName = "template-name",
    TemplateOutside = "template-outside",
    TemplatePartial = "template-partial",
    TemplatePlace = "template-place",
    TemplateRuntime = "template-runtime",
    TemplateShellForm = "template-shell-form",
    TemplateSyntax = "template-syntax",
    TemplateText = "template-text",
    TemplateUnused = "template-unused",
    TemplateUser = "template-user",
    TemplateValue = "template-value",
    TokenInProject = "token-in-project",
    ToolchainFile = "toolchain-file",
    UnknownBinary = "unknown-binary",
    UnknownCrate = "unknown-crate",
    UnknownFeature = "unknown-feature",
    UnknownHost = "unknown-host",
    UnknownImage = "unknown-image",
    UnknownMember = "unknown-member",
    UnknownMode = "unknown-mode",
    UnknownNative = "unknown-native",
    UnknownPackage = "unknown-package",
    UnknownPlatform = "unknown-platform",
    UnknownProfile = "unknown-profile",
    UnknownTemplate = "unknown-template",
    UnreadSource = "unread-source",
    UnusedRule = "unused-rule",
    Variable = "variable",
    VariableName = "variable-name",
    VersionsUnmasked = "versions-unmasked",
    WriteFailed = "write-failed",
    WrittenFolder = "written-folder",
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// There is no code of this name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no code `{}`{}", .0.escape_debug(), suggestion(.0))]
pub struct UnknownCode(String);

fn suggestion(name: &str) -> String {
    let names = Code::ALL.iter().map(|code| code.as_str());
    let near = crate::names::alike(name, names).into_iter().next();
    near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"))
}

impl FromStr for Code {
    type Err = UnknownCode;

    fn from_str(name: &str) -> Result<Self, UnknownCode> {
        let mut all = Self::ALL.iter().copied();
        all.find(|code| code.as_str() == name)
            .ok_or_else(|| UnknownCode(name.to_owned()))
    }
}

impl Serialize for Code {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Code {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        name.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
impl schemars::JsonSchema for Code {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Code".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let names: Vec<_> = Self::ALL.iter().map(|code| code.as_str()).collect();
        schemars::json_schema!({ "type": "string", "enum": names })
    }
}

#[cfg(test)]
mod tests {
    use super::Code;

    #[test]
    fn are_in_order_and_read_back() {
        let names: Vec<_> = Code::ALL.iter().map(|code| code.as_str()).collect();
        assert!(names.is_sorted(), "{names:?}");
        for code in Code::ALL {
            let json = serde_json::to_string(code).expect("a string");
            assert_eq!(json, format!("\"{code}\""));
            assert_eq!(serde_json::from_str::<Code>(&json).expect("a code"), *code);
        }
        assert!(serde_json::from_str::<Code>("\"no-such-code\"").is_err());
    }

    #[test]
    fn are_named_as_they_are_written() {
        for code in Code::ALL {
            let mut name = String::new();
            for char in format!("{code:?}").chars() {
                if char.is_uppercase() && !name.is_empty() {
                    name.push('-');
                }
                name.extend(char.to_lowercase());
            }
            assert_eq!(code.as_str(), name);
        }
    }
}
