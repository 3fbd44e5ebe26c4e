fn main() {
    println!("cargo:rerun-if-changed=schema/main.txt");
    assert!(std::fs::read_to_string("schema/main.txt").is_ok());
}
