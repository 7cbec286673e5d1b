//! The report: medians, ratios, and the targets beside them.

use std::fmt::Write as _;

use crate::contestant::{Contestant, Work};
use crate::machine::Machine;
use crate::sample::Sample;

/// The figures of one contestant.
pub(crate) struct Figures {
    name: &'static str,
    work: Work,
    /// Server CPU time per operation, microseconds.
    pub(crate) connect: Sample,
    pub(crate) echo: Sample,
    pub(crate) push: Sample,
    /// One client alone, microseconds on the clock.
    pub(crate) echo_p50: Sample,
    pub(crate) push_p50: Sample,
    /// Bytes per idle connection.
    pub(crate) idle: Sample,
}

impl Figures {
    pub(crate) fn of(contestant: &Contestant) -> Self {
        let none = Sample::default;
        Self {
            name: contestant.name,
            work: contestant.work,
            connect: none(),
            echo: none(),
            push: none(),
            echo_p50: none(),
            push_p50: none(),
            idle: none(),
        }
    }
}

/// One row of the table: its name, its figure, and what the gateway's should be at most.
struct Row {
    name: &'static str,
    of: fn(&Figures) -> &Sample,
    target: Target,
}

enum Target {
    /// Times the bare server.
    Ratio(f64),
    /// In the row's own unit.
    Figure(f64),
}

const ROWS: [Row; 6] = [
    Row { name: "connect and leave, CPU µs", of: |figures| &figures.connect, target: Target::Ratio(2.0) },
    Row { name: "echo, CPU µs", of: |figures| &figures.echo, target: Target::Ratio(2.0) },
    Row { name: "push, CPU µs", of: |figures| &figures.push, target: Target::Ratio(1.3) },
    Row { name: "echo, one client, p50 µs", of: |figures| &figures.echo_p50, target: Target::Figure(60.0) },
    Row { name: "push to client, p50 µs", of: |figures| &figures.push_p50, target: Target::Figure(60.0) },
    Row { name: "idle connection, bytes", of: |figures| &figures.idle, target: Target::Figure(10_000.0) },
];

/// The report. The first contestant is the limit, the second the gateway.
pub(crate) fn render(
    before: &Machine,
    after: &Machine,
    rounds: usize,
    clients: usize,
    contestants: &[Figures],
) -> String {
    let mut text = String::from("# What the gateway costs\n\nWritten by `cargo xtask proof bench-gateway`.\n\n");
    let _ = writeln!(
        text,
        "One run, {} to {} on {}, {} processors, Linux {}; load average {} before and {} after, so the machine\n\
         may have been shared: only ratios within this run count.\n",
        before.now, after.now, before.processor, before.processors, before.kernel, before.load, after.load
    );
    text.push_str(&figures(contestants));
    text.push_str(&targets(contestants));
    let _ = writeln!(
        text,
        "## How\n\n\
         - Each server is a process of its own on the loopback; its CPU time is `utime + stime` of `/proc/PID/stat`, with children.\n\
         - {rounds} rounds after a warm-up; in each round the contestants take turns while the others idle. Figures are medians, with\n  \
           the smallest and largest; ratios are medians of the quotients within each round.\n\
         - {clients} clients at once, each waits for its own operation; the p50 rows have one client alone. Messages have about 100 bytes.\n\
         - Every message that comes back is compared with the one sent, every push must be answered with success and arrive, every\n  \
           operation is counted, and each server must have refused a bad token: a wrong or missing one fails the run.\n\
         - Each contestant verifies an HS256 token at connect. The gateway runs authorizer, `$connect`, `$disconnect` and routes as\n  \
           functions in its own process, which parse events and write answers; nobody reads its log. There is no store, so\n  \
           the target of connect, which is meant with one, is judged leniently. The bare server has neither events nor functions.\n  \
           serverless-offline writes its log lines, and nobody reads them.\n\
         - An idle connection has echoed one message before; its bytes are the growth of `VmRSS` of a new process\n  \
           by the second half of the connections. The bare server has the library's default read buffer of 128 KiB, which the\n  \
           echo touches; the gateway's is 2 KiB."
    );
    text.push_str("\nOperations of one round:\n\n| | connects | echoes | pushes | idle | one client |\n|---|---|---|---|---|---|\n");
    for Figures { name, work, .. } in contestants {
        let Work { connects, echoes, pushes, idle, alone } = work;
        let _ = writeln!(text, "| {name} | {connects} | {echoes} | {pushes} | 2 × {idle} | {alone} |");
    }
    text
}

fn figures(contestants: &[Figures]) -> String {
    let mut text = String::from("## Figures\n\n|");
    for Figures { name, .. } in contestants {
        let _ = write!(text, " | {name}");
    }
    let _ = writeln!(text, " |\n|---{}|", "|---".repeat(contestants.len()));
    for row in &ROWS {
        let _ = write!(text, "| {}", row.name);
        for contestant in contestants {
            let sample = (row.of)(contestant);
            let (low, high) = sample.range();
            let _ = write!(text, " | {} ({}–{})", short(sample.median()), short(low), short(high));
        }
        text.push_str(" |\n");
    }
    text.push('\n');
    text
}

fn targets(contestants: &[Figures]) -> String {
    let mut text = String::new();
    let [limit, gateway, others @ ..] = contestants else { return text };
    text.push_str("## Ratios and targets\n\n| | gateway ÷ bare | target | met |");
    for Figures { name, .. } in others {
        let _ = write!(text, " {name} ÷ gateway |");
    }
    let _ = writeln!(text, "\n|---|---|---|---|{}", "---|".repeat(others.len()));
    for Row { name, of, target } in &ROWS {
        let ratio = of(gateway).ratio_to(of(limit));
        let (wanted, met) = match target {
            Target::Ratio(most) => (format!("≤ {most} × bare"), ratio <= *most),
            Target::Figure(most) => (format!("≤ {}", short(*most)), of(gateway).median() <= *most),
        };
        let met = if met { "yes" } else { "**no**" };
        let _ = write!(text, "| {name} | {ratio:.2} | {wanted} | {met} |");
        for other in others {
            let _ = write!(text, " {:.1} |", of(other).ratio_to(of(gateway)));
        }
        text.push('\n');
    }
    text.push('\n');
    text
}

fn short(figure: f64) -> String {
    if figure.abs() < 100.0 { format!("{figure:.1}") } else { format!("{figure:.0}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contestant(name: &'static str, figure: f64) -> Figures {
        let sample = || Sample(vec![figure; 3]);
        Figures {
            name,
            work: Work { connects: 1, echoes: 2, pushes: 3, idle: 4, alone: 5 },
            connect: sample(),
            echo: sample(),
            push: sample(),
            echo_p50: sample(),
            push_p50: sample(),
            idle: sample(),
        }
    }

    #[test]
    fn each_target_is_judged_by_its_own_rule() {
        let text = targets(&[contestant("bare", 40.0), contestant("gateway", 70.0), contestant("other", 700.0)]);
        for row in [
            "| echo, CPU µs | 1.75 | ≤ 2 × bare | yes | 10.0 |",
            "| push, CPU µs | 1.75 | ≤ 1.3 × bare | **no** | 10.0 |",
            "| echo, one client, p50 µs | 1.75 | ≤ 60.0 | **no** | 10.0 |",
            "| idle connection, bytes | 1.75 | ≤ 10000 | yes | 10.0 |",
        ] {
            assert!(text.contains(row), "{row}\n{text}");
        }
    }
}
