//! The tables that a run ends with.

use std::io::Write;
use std::time::Duration;

use crate::columns::LAYERS;
use crate::engine::Cost;
use crate::projects::Project;
use crate::{Lane, Result};

/// A ratio to less time than that says nothing.
const LONG: Duration = Duration::from_secs(1);

/// Prints a project's tables: crates, bytes, time.
pub(crate) fn print(project: &Project, packages: usize, lanes: &[Lane]) -> Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "## {}\n", project.name)?;
    writeln!(out, "{packages} packages in the lock file\n")?;
    let base = lanes.iter().find(|lane| lane.column.name == LAYERS);
    let names: Vec<_> = lanes.iter().map(|lane| lane.column.name).collect();
    let cells: [(&str, &Cell); 3] = [
        (
            "Crates compiled: external + local (+ from empty targets)",
            &|cost, _| cost.crates(),
        ),
        ("Context sent", &|cost, _| size(cost.context)),
        ("Time, compared with `layers`", &|cost, base| {
            time(cost.time, base)
        }),
    ];
    for (title, cell) in cells {
        writeln!(out, "{title}\n\n| edit | {} |", names.join(" | "))?;
        writeln!(out, "|---|{}", "---|".repeat(names.len()))?;
        for (row, scenario) in project.scenarios.iter().enumerate() {
            let base = base.and_then(|lane| lane.costs[row].as_ref());
            write!(out, "| {} |", scenario.name)?;
            for lane in lanes {
                let base = base.filter(|_| lane.column.name != LAYERS);
                let cost = lane.costs[row].as_ref();
                let text = cost.map_or("failed".to_owned(), |cost| cell(cost, base));
                write!(out, " {text} |")?;
            }
            writeln!(out)?;
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
