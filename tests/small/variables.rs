//! Variables and configuration of a compile.

use crate::case::Case;

pub(crate) fn cases() -> Vec<Case> {
    vec![
        Case::new("variable-with-a-message")
            .main("const TAG: &str = env!(\"RELEASE_TAG\", \"set it\");\nfn main() { println!(\"{TAG}\"); }\n")
            .takes(&["RELEASE_TAG"])
            .warns(&["build-variable"])
            .options(&["--build-arg", "RELEASE_TAG=v1"])
            .prints("v1"),
        Case::new("variable-in-a-macro-of-ones-own")
            .main("macro_rules! var { ($name:literal) => { env!($name) }; }\nfn main() { println!(\"{}\", var!(\"BUILD_ID\")); }\n")
            .takes(&["BUILD_ID"])
            .warns(&["build-variable"])
            .options(&["--build-arg", "BUILD_ID=7"])
            .prints("7"),
        Case::new("variable-of-a-function")
            .file(
                "build.rs",
                "fn need(name: &str) -> String { std::env::var(name).expect(name) }\nfn main() { println!(\"cargo:rustc-env=MADE={}\", need(\"TENANT_ID\")); }\n",
            )
            .made()
            .takes(&["TENANT_ID"])
            .warns(&["build-variable"])
            .options(&["--build-arg", "TENANT_ID=t"])
            .prints("t"),
        Case::new("variable-behind-a-constant")
            .file(
                "build.rs",
                "const NAME: &str = \"CHANNEL\";\nfn main() { let c = std::env::var_os(NAME).unwrap_or_else(|| \"stable\".into()); println!(\"cargo:rustc-env=MADE={}\", c.to_str().unwrap()); }\n",
            )
            .made()
            .takes(&["CHANNEL"])
            .options(&["--build-arg", "CHANNEL=beta"])
            .prints("beta"),
        Case::new("variable-that-may-be-missing")
            .main("fn main() { println!(\"{}\", option_env!(\"BUILD_NUMBER\").unwrap_or(\"dev\")); }\n")
            .takes(&["BUILD_NUMBER"])
            .prints("dev"),
        Case::new("variable-of-cargos-configuration")
            .file(".cargo/config.toml", "[env]\nREGION = \"eu\"\n")
            .main("fn main() { println!(\"{}\", env!(\"REGION\")); }\n")
            .takes(&[])
            .prints("eu"),
        Case::new("variable-that-the-script-sets")
            .script("\"made\"")
            .takes(&[])
            .prints("made"),
        Case::new("configuration-that-includes-twice")
            .file(".cargo/config.toml", "include = [\"ci.toml\", { path = \"absent.toml\", optional = true }]\n")
            .file(".cargo/ci.toml", "include = [\"deep/more.toml\"]\n")
            .file(".cargo/deep/more.toml", "[env]\nSTAGE = \"test\"\n")
            .main("fn main() { println!(\"ok\"); }\n")
            .needs(&[".cargo/ci.toml", ".cargo/deep/more.toml"])
            .warns(&["config-include"])
            .prints("ok"),
        Case::new("configuration-with-its-old-name")
            .file(".cargo/config", "[env]\nREGION = \"eu\"\n")
            .main("fn main() { println!(\"{}\", env!(\"REGION\")); }\n")
            .takes(&[])
            .prints("eu"),
        Case::new("configuration-with-a-wrapper-of-the-workspace")
            .file(".cargo/config.toml", "[build]\nrustc-workspace-wrapper = \"cachepot\"\n")
            .main("fn main() { println!(\"ok\"); }\n")
            .prints("ok"),
        Case::new("configuration-for-one-processor")
            .file(".cargo/config.toml", "[target.'cfg(target_os = \"linux\")']\nrustflags = [\"-C\", \"target-cpu=native\"]\n")
            .main("fn main() { println!(\"ok\"); }\n")
            .warns(&["native-cpu"])
            .prints("ok"),
        Case::new("configuration-with-a-linker-script")
            .file(".cargo/config.toml", "[target.'cfg(target_os = \"linux\")']\nrustflags = [\"-C\", \"link-arg=-Wl,--version-script=link/exports.map\"]\n")
            .file("link/exports.map", "{ global: *; };\n")
            .main("fn main() { println!(\"ok\"); }\n")
            .needs(&["link/exports.map"])
            .prints("ok"),
        Case::new("configuration-of-a-certificate")
            .file(".cargo/config.toml", "[http]\ncainfo = \"certs/ca.crt\"\n")
            .file("certs/ca.crt", "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n")
            .main("fn main() { println!(\"ok\"); }\n")
            .needs(&[".cargo/config.toml"]),
        Case::new("features-of-nightly-in-a-module")
            .main("#![cfg_attr(not(test), feature(never_type))]\nfn main() {}\n")
            .warns(&["nightly-needed"])
            .fails(),
    ]
}
