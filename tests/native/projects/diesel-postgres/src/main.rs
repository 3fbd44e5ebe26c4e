//! Connects to where no server is, and prints what the library says.

use diesel::{Connection, PgConnection};

fn main() {
    match PgConnection::establish("postgres://nobody@127.0.0.1:1/nothing") {
        Ok(_) => println!("connected"),
        Err(error) => println!("libpq: {error}"),
    }
}
