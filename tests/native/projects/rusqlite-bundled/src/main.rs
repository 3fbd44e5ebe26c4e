//! Asks a database in memory.

use rusqlite::Connection;

fn main() -> rusqlite::Result<()> {
    let connection = Connection::open_in_memory()?;
    connection.execute_batch(
        "CREATE TABLE numbers (value INTEGER); INSERT INTO numbers VALUES (40), (2);",
    )?;
    let sum: i64 = connection.query_row("SELECT sum(value) FROM numbers", [], |row| row.get(0))?;
    println!("SQLite {}: sum {sum}", rusqlite::version());
    Ok(())
}
