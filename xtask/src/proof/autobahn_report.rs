//! What Autobahn found, in a page that can be committed.

use std::collections::BTreeMap;
use std::fmt;

use serde_json::Value;

use crate::error::Error;

/// Cases of Autobahn 0.8.2 without sections 9, 12 and 13. Fewer would be a run that broke off.
const CASES: usize = 247;
/// Verdicts that are no failure. Autobahn calls a behaviour non-strict that the RFC allows and that could be quicker, and
/// informational what the RFC leaves open.
const PASSING: [&str; 3] = ["OK", "NON-STRICT", "INFORMATIONAL"];

/// The verdict on each case: on its messages and on its close.
pub(super) struct Report(BTreeMap<Vec<u32>, (String, String)>);

impl Report {
    /// Reads `index.json`.
    pub(super) fn parse(index: &str, agent: &str) -> Result<Self, Error> {
        let index: Value = serde_json::from_str(index)
            .map_err(|error| Error::failed(format!("Autobahn's report is no JSON: {error}")))?;
        let cases = index.get(agent).and_then(Value::as_object);
        let cases = cases.ok_or_else(|| Error::failed("Autobahn's report does not name the gateway"))?;
        let verdict = |case: &Value, key: &str| case[key].as_str().unwrap_or("MISSING").to_owned();
        let number = |name: &str| name.split('.').map(|part| part.parse().unwrap_or_default()).collect();
        let verdicts = cases
            .iter()
            .map(|(name, case)| (number(name), (verdict(case, "behavior"), verdict(case, "behaviorClose"))));
        Ok(Self(verdicts.collect()))
    }

    /// Whether every case ran and none failed.
    ///
    /// # Errors
    ///
    /// Names the cases that failed.
    pub(super) fn judge(&self) -> Result<(), Error> {
        if self.0.len() != CASES {
            return Err(Error::failed(format!("Autobahn ran {} cases instead of {CASES}", self.0.len())));
        }
        let passes = |verdict: &String| PASSING.contains(&verdict.as_str());
        let failed: Vec<String> = self
            .0
            .iter()
            .filter(|(_, (behaviour, close))| !passes(behaviour) || !passes(close))
            .map(|(case, _)| dotted(case))
            .collect();
        match failed.as_slice() {
            [] => Ok(()),
            failed => Err(Error::failed(format!("failed cases of Autobahn: {}", failed.join(", ")))),
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = |wanted: &str| self.0.values().filter(|(behaviour, _)| behaviour == wanted).count();
        let other = self.0.len() - PASSING.iter().map(|verdict| count(verdict)).sum::<usize>();
        writeln!(f, "# Autobahn\n")?;
        writeln!(f, "Written by `cargo xtask proof autobahn`; `docs/autobahn.md` says what is left out and why.\n")?;
        writeln!(f, "| cases | OK | non-strict | informational | failed |\n|---|---|---|---|---|")?;
        let [ok, non_strict, informational] = PASSING.map(count);
        writeln!(f, "| {} | {ok} | {non_strict} | {informational} | {other} |\n", self.0.len())?;
        writeln!(f, "All but OK:\n\n| case | messages | close |\n|---|---|---|")?;
        for (case, (behaviour, close)) in &self.0 {
            if behaviour != "OK" || close != "OK" {
                writeln!(f, "| {} | {behaviour} | {close} |", dotted(case))?;
            }
        }
        writeln!(f, "\nCases of each section that are OK:\n\n| section | OK | of |\n|---|---|---|")?;
        let mut sections: BTreeMap<u32, (usize, usize)> = BTreeMap::new();
        for (case, (behaviour, close)) in &self.0 {
            let section = sections.entry(case.first().copied().unwrap_or_default()).or_default();
            section.0 += usize::from(behaviour == "OK" && close == "OK");
            section.1 += 1;
        }
        sections.iter().try_for_each(|(section, (ok, all))| writeln!(f, "| {section} | {ok} | {all} |"))
    }
}

fn dotted(case: &[u32]) -> String {
    case.iter().map(ToString::to_string).collect::<Vec<_>>().join(".")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use serde_json::json;

    use super::*;

    fn report(count: usize, last: (&str, &str)) -> Report {
        let mut cases = serde_json::Map::new();
        for number in 1..count {
            cases.insert(format!("1.1.{number}"), json!({"behavior": "OK", "behaviorClose": "OK"}));
        }
        cases.insert("10.1.1".to_owned(), json!({"behavior": last.0, "behaviorClose": last.1}));
        Report::parse(&json!({"us": cases}).to_string(), "us").unwrap()
    }

    #[test]
    fn a_failed_case_fails_the_proof_by_its_messages_or_its_close() {
        for (last, passes) in [
            (("OK", "OK"), true),
            (("NON-STRICT", "OK"), true),
            (("INFORMATIONAL", "INFORMATIONAL"), true),
            (("FAILED", "OK"), false),
            (("OK", "FAILED"), false),
            (("OK", "UNCLEAN"), false),
        ] {
            let verdict = report(CASES, last).judge();
            assert_eq!(verdict.is_ok(), passes, "{last:?}");
            assert!(verdict.is_ok() || verdict.unwrap_err().to_string().contains("10.1.1"));
        }
    }

    #[test]
    fn a_run_that_broke_off_fails() {
        assert!(report(CASES - 1, ("OK", "OK")).judge().is_err());
        assert!(Report::parse("{}", "us").is_err());
    }

    #[test]
    fn the_page_counts_and_names_what_is_not_ok() {
        let page = report(CASES, ("NON-STRICT", "OK")).to_string();
        for line in ["| 247 | 246 | 1 | 0 | 0 |", "| 10.1.1 | NON-STRICT | OK |", "| 1 | 246 | 246 |", "| 10 | 0 | 1 |"]
        {
            assert!(page.contains(line), "{line}\n{page}");
        }
    }
}
