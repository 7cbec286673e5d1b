//! `contract.tsv`: section, mark of evidence, fact, and the tests that prove it, with tabs between.

/// What proves a fact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Proof {
    /// Tests, each as `PLACE/FILE::NAME`.
    Tests(Vec<String>),
    /// Nothing does, for a reason.
    OutOfScope(String),
}

/// One fact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Row {
    pub(crate) section: String,
    pub(crate) mark: String,
    pub(crate) fact: String,
    pub(crate) proof: Proof,
}

impl Row {
    pub(crate) fn tests(&self) -> &[String] {
        match &self.proof {
            Proof::Tests(tests) => tests,
            Proof::OutOfScope(_) => &[],
        }
    }
}

const HEAD: &str = "section\tmark\tfact\tproof";
const OUT_OF_SCOPE: &str = "out of scope:";

/// Reads the table, or says which line is wrong.
pub(crate) fn parse(text: &str) -> Result<Vec<Row>, String> {
    let mut lines = text.lines();
    if lines.next() != Some(HEAD) {
        return Err("line 1: not the names of the columns".to_owned());
    }
    let mut rows: Vec<Row> = Vec::new();
    for (index, line) in lines.enumerate() {
        let row = row(line).map_err(|wrong| format!("line {}: {wrong}", index + 2))?;
        let new = rows.last().is_some_and(|last| last.section != row.section);
        if new && rows.iter().any(|earlier| earlier.section == row.section) {
            return Err(format!("line {}: section `{}` is not in one piece", index + 2, row.section));
        }
        rows.push(row);
    }
    Ok(rows)
}

fn row(line: &str) -> Result<Row, String> {
    let columns: Vec<&str> = line.split('\t').collect();
    let [section, mark, fact, proof] = columns.as_slice() else { return Err("not four columns".to_owned()) };
    if section.is_empty() || fact.is_empty() {
        return Err("an empty column".to_owned());
    }
    if !mark.split(", ").all(|mark| ["A", "V", "L", "S", "?"].contains(&mark)) {
        return Err(format!("the mark `{mark}` is none of A, V, L, S, ?"));
    }
    let proof = match proof.strip_prefix(OUT_OF_SCOPE).map(str::trim) {
        Some("") => return Err("no reason why it is out of scope".to_owned()),
        Some(reason) => Proof::OutOfScope(reason.to_owned()),
        None => Proof::Tests(proof.split("; ").filter(|test| !test.is_empty()).map(str::to_owned).collect()),
    };
    Ok(Row { section: (*section).to_owned(), mark: (*mark).to_owned(), fact: (*fact).to_owned(), proof })
}
