//! The tables that a run ends with.

use std::io::Write;
use std::time::Duration;

use crate::Result;
use crate::columns::{Column, LAYERS};
use crate::engine::Cost;
use crate::projects::Project;

/// A ratio to less time than that says nothing.
const LONG: Duration = Duration::from_secs(1);

/// Prints a project's tables: crates, bytes, time.
///
/// `costs` has a list for each column, with an entry for each scenario.
pub(crate) fn print(
    project: &Project,
    packages: usize,
    columns: &[&Column],
    costs: &[Vec<Option<Cost>>],
) -> Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "## {}\n", project.name)?;
    writeln!(out, "{packages} packages in the lock file\n")?;
    let base = columns.iter().position(|column| column.name == LAYERS);
    let bases = base.map(|index| &costs[index]);
    let names: Vec<_> = columns.iter().map(|column| column.name).collect();
    for (title, cell) in [
        (
            "Crates compiled: external + local (+ from empty targets)",
            &(|cost: &Cost, _: Option<&Cost>| cost.crates()) as &Cell,
        ),
        ("Context sent", &|cost, _| size(cost.context)),
        ("Time, compared with `layers`", &|cost, base| {
            time(cost.time, base)
        }),
    ] {
        writeln!(out, "{title}\n\n| edit | {} |", names.join(" | "))?;
        writeln!(out, "|---|{}", "---|".repeat(names.len()))?;
        for (row, scenario) in project.scenarios.iter().enumerate() {
            let base = bases.and_then(|costs| costs[row].as_ref());
            let cells = costs.iter().enumerate().map(|(index, costs)| {
                let base = base.filter(|_| names[index] != LAYERS);
                costs[row]
                    .as_ref()
                    .map_or("failed".to_owned(), |cost| cell(cost, base))
            });
            let cells: Vec<_> = cells.collect();
            writeln!(out, "| {} | {} |", scenario.name, cells.join(" | "))?;
        }
        writeln!(out)?;
    }
    Ok(())
}

/// Makes a cell of a cost and of the one to compare it with.
type Cell = dyn Fn(&Cost, Option<&Cost>) -> String;

fn size(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} B"),
        1_000..1_000_000 => format!("{:.1} kB", bytes as f64 / 1e3),
        _ => format!("{:.1} MB", bytes as f64 / 1e6),
    }
}

/// The ratio to the other cost's time, or seconds without one that is long enough.
fn time(time: Duration, base: Option<&Cost>) -> String {
    let seconds = time.as_secs_f64();
    match base.map(|base| base.time).filter(|base| *base >= LONG) {
        Some(base) => format!("× {:.2}", seconds / base.as_secs_f64()),
        None => format!("{seconds:.1} s"),
    }
}
