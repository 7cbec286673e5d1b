//! Prometheus's text format 0.0.4 (Prometheus: *Exposition formats*).

use std::fmt::Write as _;

use super::counter::Counters;
use super::histogram::{BOUNDS, Histogram};

#[derive(Debug, Default)]
pub(super) struct Text {
    text: String,
    family: &'static str,
}

// Writing to a String cannot fail, so the results are dropped.
impl Text {
    /// Begins a family; the samples that follow are its.
    pub(super) fn family(&mut self, name: &'static str, kind: &str, help: &str) {
        self.family = name;
        let _ = write!(self.text, "# HELP {name} {help}\n# TYPE {name} {kind}\n");
    }

    pub(super) fn sample(&mut self, labels: &[(&str, &str)], value: u64) {
        self.line("", labels, &value.to_string());
    }

    /// A sample for each value of a label, and `other` for those that are counted together.
    pub(super) fn samples(&mut self, label: &str, counters: &Counters<u16>) {
        for (key, count) in counters.get() {
            self.sample(&[(label, &key.to_string())], count);
        }
        if counters.other() > 0 {
            self.sample(&[(label, "other")], counters.other());
        }
    }

    pub(super) fn histogram(&mut self, histogram: &Histogram) {
        let cumulated = histogram.cumulated();
        let bounds = BOUNDS.iter().map(|(bound, _)| *bound).chain(["+Inf"]);
        for (bound, count) in bounds.zip(cumulated) {
            self.line("_bucket", &[("le", bound)], &count.to_string());
        }
        self.line("_sum", &[], &histogram.sum_seconds().to_string());
        self.line("_count", &[], &cumulated[BOUNDS.len()].to_string());
    }

    fn line(&mut self, suffix: &str, labels: &[(&str, &str)], value: &str) {
        let _ = write!(self.text, "{}{suffix}", self.family);
        for (place, (name, value)) in labels.iter().enumerate() {
            let before = if place == 0 { '{' } else { ',' };
            let _ = write!(self.text, "{before}{name}=\"{}\"", escape(value));
        }
        let after = if labels.is_empty() { "" } else { "}" };
        let _ = writeln!(self.text, "{after} {value}");
    }

    pub(super) fn into_string(self) -> String {
        self.text
    }
}

fn escape(value: &str) -> String {
    value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_cannot_break_out_of_their_line() {
        let mut text = Text::default();
        text.family("x_total", "counter", "Help.");
        text.sample(&[("route", "a\"b\\c\nd"), ("result", "ok")], 7);
        assert_eq!(
            text.into_string(),
            "# HELP x_total Help.\n# TYPE x_total counter\nx_total{route=\"a\\\"b\\\\c\\nd\",result=\"ok\"} 7\n"
        );
    }
}
