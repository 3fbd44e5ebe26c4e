#![doc = include_str!("../../../README.md")]
#![doc = "The program."]

mod target;

fn main() {
    print!("{}{}", include_str!("../../../data/it is.txt"), target::NAME);
}
