//! Ports that browsers do not connect to.

/// WHATWG Fetch, section 2.9 "Port blocking": the bad ports.
const BAD: [u16; 83] = [
    0, 1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102, 103, 104, 109,
    110, 111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 465, 512, 513, 514, 515, 526, 530, 531,
    532, 540, 548, 554, 556, 563, 587, 601, 636, 989, 990, 993, 995, 1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060,
    5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080,
];

/// Whether browsers refuse to connect to a port, with an error that does not say so.
pub(crate) fn is_blocked_by_browsers(port: u16) -> bool {
    BAD.binary_search(&port).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bad_ports_are_found() {
        assert!(BAD.is_sorted());
        assert!(BAD.iter().all(|port| is_blocked_by_browsers(*port)));
        for port in [80, 443, 3000, 4400, 5000, 6001, 6670, 8000, 8080, 10081, 65535] {
            assert!(!is_blocked_by_browsers(port), "{port}");
        }
    }
}
