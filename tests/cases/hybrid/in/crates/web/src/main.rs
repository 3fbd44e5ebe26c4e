fn main() { println!("{} {}", core_lib::answer(), include_str!("../../../VERSION")); }
