//! Wall-clock time as events carry it.

use std::time::{SystemTime, UNIX_EPOCH};

use time::OffsetDateTime;
use time::format_description::FormatItem;
use time::macros::format_description;

const REQUEST_TIME: &[FormatItem<'_>] =
    format_description!("[day]/[month repr:short]/[year]:[hour]:[minute]:[second] +0000");

/// Unix time, milliseconds.
pub(crate) fn now_millis() -> u64 {
    let elapsed = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX)
}

/// `29/Nov/2023:08:04:01 +0000`
pub(crate) fn request_time(epoch_millis: u64) -> String {
    i64::try_from(epoch_millis / 1000)
        .ok()
        .and_then(|seconds| OffsetDateTime::from_unix_timestamp(seconds).ok())
        .and_then(|time| time.format(REQUEST_TIME).ok())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn request_time_is_written_as_in_access_logs() {
        assert_eq!(request_time(1_701_245_041_798), "29/Nov/2023:08:04:01 +0000");
        assert_eq!(request_time(0), "01/Jan/1970:00:00:00 +0000");
    }
}
