//! The table of API Gateway's facts and the tests that prove them: no fact without a test, no test that is not there.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod document;
mod sources;
mod table;

use std::path::Path;

use sources::Sources;
use table::{Proof, Row};

const TABLE: &str = include_str!("contract.tsv");
/// Set, the documentation is written anew instead of compared.
const BLESS: &str = "EVERWIRE_BLESS";

fn rows() -> Vec<Row> {
    table::parse(TABLE).unwrap_or_else(|wrong| panic!("{wrong}"))
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

#[test]
fn every_fact_names_a_test_or_why_it_is_out_of_scope() {
    let without: Vec<_> = rows().into_iter().filter(|row| row.proof == Proof::Tests(Vec::new())).collect();
    assert!(without.is_empty(), "rows without a test: {without:#?}");
}

#[test]
fn every_named_test_is_in_the_sources() {
    let mut sources = Sources::new(root());
    let missing: Vec<_> = rows()
        .iter()
        .flat_map(|row| row.tests().iter().map(move |test| (row.fact.clone(), test.clone())))
        .filter(|(_, test)| !sources.has(test))
        .collect();
    assert!(missing.is_empty(), "tests that are not there: {missing:#?}");
}

#[test]
fn a_test_that_is_not_there_is_noticed() {
    let mut sources = Sources::new(root());
    for (test, there) in [
        ("black_box/connect::a_2xx_opens_the_connection", true),
        ("black_box/connect::a_2xx_opens_the", false),
        // A function of that file, but no test.
        ("black_box/connect::refused_by", false),
        ("black_box/limits::a_2xx_opens_the_connection", false),
        ("black_box/nowhere::a_2xx_opens_the_connection", false),
        ("src/policy::wildcards_match_as_they_are_defined", true),
        ("boto3/test_management_api::test_an_unknown_id_is_gone", true),
        ("boto3/test_management_api::setUpClass", false),
        ("interop/ws::a message in several frames arrives whole", true),
        ("interop/ws::a message in several frames", false),
        ("elsewhere/ws::a message in several frames arrives whole", false),
    ] {
        assert_eq!(sources.has(test), there, "{test}");
    }
}

#[test]
fn a_line_that_is_no_row_is_refused() {
    let head = "section\tmark\tfact\tproof\n";
    let row = Row {
        section: "1".to_owned(),
        mark: "A".to_owned(),
        fact: "a fact".to_owned(),
        proof: Proof::Tests(vec!["black_box/a::b".to_owned(), "src/c::d".to_owned()]),
    };
    assert_eq!(table::parse(&format!("{head}1\tA\ta fact\tblack_box/a::b; src/c::d\n")), Ok(vec![row]));
    for (text, wrong) in [
        ("", "line 1: not the names of the columns"),
        (&format!("{head}1\tA\ta fact\n"), "line 2: not four columns"),
        (&format!("{head}1\tB\ta fact\tx\n"), "line 2: the mark `B`"),
        (&format!("{head}1\tA\t\tx\n"), "line 2: an empty column"),
        (&format!("{head}1\tA\ta fact\tout of scope: \n"), "line 2: no reason"),
        (&format!("{head}1\tA\ta\tx\n2\tA\tb\tx\n1\tA\tc\tx\n"), "line 4: section `1` is not in one piece"),
    ] {
        let told = table::parse(text).unwrap_err();
        assert!(told.starts_with(wrong), "{told}");
    }
}

#[test]
fn the_documentation_is_that_of_the_table() {
    let path = root().join("docs/gateway-contract.md");
    let wanted = document::render(&rows());
    if std::env::var_os(BLESS).is_some() {
        std::fs::write(&path, &wanted).unwrap();
    }
    let found = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(found == wanted, "{} is not up to date: run this test with {BLESS}=1", path.display());
}
