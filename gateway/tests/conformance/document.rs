//! `docs/gateway-contract.md`: the table for people.

use std::fmt::Write as _;

use crate::table::{Proof, Row};

const HEAD: &str = "\
# The contract of the gateway

Written from `gateway/tests/conformance/contract.tsv` by the test `conformance`, which fails if a fact here has no test, or names one
that is not there. To write this page anew: `EVERWIRE_BLESS=1 cargo test -p everwire-gateway --test conformance`.

Marks: **A** documentation or service model of AWS; **V** seen on real AWS; **L** tried with SDKs and libraries on one's own machine; **S** one
secondary source; **?** no evidence, so the choice is ours and never AWS's behaviour (`docs/gateway.md` has the settings).

A test is named by place, file and name. Places: `black_box`, `binary`, `bounds` (below `gateway/tests`), `src` (unit tests of the gateway),
`interop`, `boto3`, `powertools` (below `tests`).
";

pub(crate) fn render(rows: &[Row]) -> String {
    let mut text = HEAD.to_owned();
    let out = rows.iter().filter(|row| matches!(row.proof, Proof::OutOfScope(_))).count();
    let _ = writeln!(text, "\n{} facts: {} with tests, {out} out of scope.", rows.len(), rows.len() - out);
    let mut section = "";
    for row in rows {
        if row.section != section {
            section = &row.section;
            let _ = writeln!(text, "\n## {section}\n\n| fact | mark | proof |\n|---|---|---|");
        }
        let proof = match &row.proof {
            Proof::Tests(tests) => tests.iter().map(|test| format!("`{test}`")).collect::<Vec<_>>().join("<br>"),
            Proof::OutOfScope(reason) => format!("*out of scope:* {reason}"),
        };
        let _ = writeln!(text, "| {} | {} | {proof} |", row.fact, row.mark);
    }
    text
}
