//! Figures as a person says them: spans, sizes.

use super::Timestamp;

/// How far `at` lies from `now`: `in 5 min`, `3 h ago`.
pub fn distance(at: Timestamp, now: Timestamp) -> String {
    let seconds = at.as_second().saturating_sub(now.as_second());
    let span = span(seconds.unsigned_abs());
    if seconds > 0 { format!("in {span}") } else { format!("{span} ago") }
}

/// A time in the unit that leaves few digits: `119 s`, `3 h`.
pub fn span(seconds: u64) -> String {
    match seconds {
        0..120 => format!("{seconds} s"),
        120..7200 => format!("{} min", seconds / 60),
        7200..172_800 => format!("{} h", seconds / 3600),
        _ => format!("{} days", seconds / 86400),
    }
}

/// A size in the unit that leaves one to three digits before the point.
pub fn size(bytes: u64) -> String {
    let mut unit = 1;
    for name in ["bytes", "KiB", "MiB", "GiB"] {
        if bytes / unit < 1024 {
            let tenths = bytes * 10 / unit;
            return match unit {
                1 => format!("{bytes} {name}"),
                _ => format!("{}.{} {name}", tenths / 10, tenths % 10),
            };
        }
        unit *= 1024;
    }
    format!("{} TiB", bytes / unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_are_said_in_one_unit() {
        let check = |seconds: i64, expect: &str| {
            let at = Timestamp::from_second(1_000_000 + seconds).unwrap_or_default();
            let now = Timestamp::from_second(1_000_000).unwrap_or_default();
            assert_eq!(distance(at, now), expect);
        };
        check(0, "0 s ago");
        check(119, "in 119 s");
        check(-120, "2 min ago");
        check(7200, "in 2 h");
        check(-172_800, "2 days ago");
    }

    #[test]
    fn sizes_are_said_in_one_unit() {
        let check = |bytes, expect: &str| assert_eq!(size(bytes), expect);
        check(0, "0 bytes");
        check(1023, "1023 bytes");
        check(1536, "1.5 KiB");
        check(5 << 30, "5.0 GiB");
        check(3 << 40, "3 TiB");
    }
}
