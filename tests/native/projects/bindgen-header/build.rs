use std::path::PathBuf;

fn main() {
    println!("cargo::rerun-if-changed=native/point.h");
    let out = PathBuf::from(std::env::var_os("OUT_DIR").expect("cargo sets it"));
    bindgen::Builder::default()
        .header("native/point.h")
        .allowlist_item("point|LIMIT|strlen")
        .generate()
        .expect("the header is fine")
        .write_to_file(out.join("bindings.rs"))
        .expect("OUT_DIR is writable");
}
