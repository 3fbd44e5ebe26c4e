//! Prints the epoch in local time.

use chrono::{Local, TimeZone};

fn main() {
    println!("{}", Local.timestamp_opt(0, 0).unwrap().to_rfc3339());
}
