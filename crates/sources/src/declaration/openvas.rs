//! Settings of the sources that are reports of a vulnerability scanner.

use std::net::IpAddr;

use impegno_findings::Finding;
use impegno_settings::Table;

use crate::codes::BAD_SETTING;
use crate::file_name::NamePattern;

/// How the reports of OpenVAS (Greenbone) are read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScanFormat {
    /// In which of its forms they are.
    pub form: ScanForm,
    /// Form of the file's name, where it says scan or network.
    pub(crate) file_name: Option<NamePattern>,
    /// Which network a host was scanned in.
    pub network: NetworkBy,
}

/// The forms of a scan report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScanForm {
    /// `CSV Results`: a row is a result.
    Csv,
    /// `XML`, with the hosts that were scanned.
    Xml,
}

/// What says in which network a host was scanned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NetworkBy {
    /// All files are of one network.
    Constant(String),
    /// `{network}` in the name of the file.
    FileName,
    /// The name of the scan task, else the narrowest range of addresses.
    Listed(Vec<(NetworkKey, String)>),
}

/// What a network is told by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NetworkKey {
    /// Name of the scan task.
    Task(String),
    /// Addresses.
    Range(AddressRange),
}

/// The addresses that begin with the same bits: `10.0.0.0/8`, `2001:db8::/32`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AddressRange {
    first: IpAddr,
    bits: u8,
}

impl AddressRange {
    /// The range of its text; `None` when it is none. `Err` with the true first address where bits behind the
    /// prefix are set.
    fn parse(text: &str) -> Option<Result<AddressRange, IpAddr>> {
        let (address, bits) = text.split_once('/')?;
        let address: IpAddr = address.parse().ok()?;
        let (value, width) = number(address);
        let bits: u8 = bits.parse().ok().filter(|bits| *bits <= width)?;
        let first = masked(value, bits, width);
        if first == value {
            return Some(Ok(AddressRange { first: address, bits }));
        }
        Some(Err(match address {
            IpAddr::V4(_) => IpAddr::V4(u32::try_from(first).unwrap_or_default().into()),
            IpAddr::V6(_) => IpAddr::V6(first.into()),
        }))
    }

    /// Whether an address lies in the range.
    pub fn contains(&self, address: IpAddr) -> bool {
        let ((first, width), (value, other)) = (number(self.first), number(address));
        width == other && masked(value, self.bits, width) == first
    }

    /// How many bits its addresses share.
    pub fn bits(&self) -> u8 {
        self.bits
    }
}

/// An address as a number, and its bits.
fn number(address: IpAddr) -> (u128, u8) {
    match address {
        IpAddr::V4(address) => (u128::from(u32::from(address)), 32),
        IpAddr::V6(address) => (u128::from(address), 128),
    }
}

/// A number with all but its first bits cleared.
fn masked(value: u128, bits: u8, width: u8) -> u128 {
    let behind = u32::from(width - bits);
    value.checked_shr(behind).and_then(|kept| kept.checked_shl(behind)).unwrap_or(0)
}

impl NetworkBy {
    /// The networks that facts can name; `None` where the names of files say it.
    pub fn words(&self) -> Option<Vec<&str>> {
        match self {
            NetworkBy::Constant(network) => Some(vec![network]),
            NetworkBy::FileName => None,
            NetworkBy::Listed(listed) => Some(listed.iter().map(|(_, network)| network.as_str()).collect()),
        }
    }
}

/// Reads the keys of a scan source; `None` when it cannot be used.
pub(super) fn read(table: &mut Table<'_>, form: ScanForm) -> Option<ScanFormat> {
    let file_name = read_file_name(table);
    let named = file_name.iter().flat_map(NamePattern::columns).any(|column| column == NETWORK);
    let constant = table.text(NETWORK);
    let listed = table.table("networks").map(read_listed);
    let ways = usize::from(named) + usize::from(constant.is_some()) + usize::from(listed.is_some());
    if ways != 1 {
        let message = "the network of a scan is said in exactly one way";
        let hint = "network = \"public\", or networks = { \"task name\" = \"public\", \"10.0.0.0/8\" = \"intranet\" }, or file = \"{network}-{scan}.xml\"";
        table.report(Finding::error(BAD_SETTING, table.place(), message).hint(hint));
        return None;
    }
    let network = match (constant, listed) {
        (Some(constant), _) => {
            if constant.value.trim().is_empty() {
                table.problem(BAD_SETTING, &constant, "a network has a name", "network = \"public\"");
                return None;
            }
            NetworkBy::Constant(constant.value)
        }
        (None, Some(listed)) => NetworkBy::Listed(listed?),
        (None, None) => NetworkBy::FileName,
    };
    Some(ScanFormat { form, file_name, network })
}

/// The columns that the name of a file can say.
pub(crate) const NETWORK: &str = "network";
/// See [`NETWORK`].
pub(crate) const SCAN: &str = "scan";

fn read_file_name(table: &mut Table<'_>) -> Option<NamePattern> {
    let pattern = super::read::read_file_name(table)?;
    let place = table.place_of("file");
    let strange = pattern.columns().find(|column| ![NETWORK, SCAN].contains(column));
    if let Some(column) = strange {
        let message = format!("the name of a scan report says no `{column}`");
        table.report(Finding::error(BAD_SETTING, place, message).hint("use {scan} and {network}"));
        return None;
    }
    Some(pattern)
}

/// `networks`: each task name or range of addresses with its network; `None` when one cannot be used.
fn read_listed(mut table: Table<'_>) -> Option<Vec<(NetworkKey, String)>> {
    let mut listed = Vec::new();
    let mut sound = true;
    for key in table.keys() {
        let Some(network) = table.text(&key) else {
            sound = false;
            continue;
        };
        let read = match AddressRange::parse(&key) {
            None => NetworkKey::Task(key),
            Some(Ok(range)) => NetworkKey::Range(range),
            Some(Err(first)) => {
                let (_, bits) = key.split_once('/').unwrap_or_default();
                let message = format!("`{key}` is no range: it begins within one");
                table.problem(BAD_SETTING, &network, message, &format!("write \"{first}/{bits}\""));
                sound = false;
                continue;
            }
        };
        listed.push((read, network.value));
    }
    if listed.is_empty() && sound {
        let finding = Finding::error(BAD_SETTING, table.place(), "`networks` lists none");
        table.report(
            finding.hint("name the scan tasks, or ranges of addresses: \"10.0.0.0/8\" = \"intranet\""),
        );
    }
    (sound && !listed.is_empty()).then_some(listed)
}

#[cfg(test)]
mod tests {
    use super::AddressRange;

    fn range(text: &str) -> AddressRange {
        AddressRange::parse(text).expect("a range").expect("a sound one")
    }

    #[test]
    fn ranges_hold_the_addresses_that_begin_alike() {
        let holds = |text: &str, address: &str| range(text).contains(address.parse().expect("an address"));
        assert!(holds("10.0.0.0/8", "10.255.0.1") && !holds("10.0.0.0/8", "11.0.0.1"));
        assert!(holds("0.0.0.0/0", "8.8.8.8") && !holds("0.0.0.0/0", "::1"));
        assert!(holds("192.168.1.7/32", "192.168.1.7") && !holds("192.168.1.7/32", "192.168.1.6"));
        assert!(holds("2001:db8::/32", "2001:db8:1::5") && !holds("2001:db8::/32", "2001:db9::1"));
        assert!(holds("::/0", "2001:db8::1"));
    }

    #[test]
    fn what_begins_within_a_range_is_told_and_what_is_none_is_a_task() {
        assert_eq!(AddressRange::parse("10.1.0.0/8"), Some(Err("10.0.0.0".parse().expect("an address"))));
        assert_eq!(
            AddressRange::parse("2001:db8::1/32"),
            Some(Err("2001:db8::".parse().expect("an address")))
        );
        for text in ["web", "10.0.0.0", "10.0.0.0/33", "10.0.0.0/x", "a/8", "::/129"] {
            assert_eq!(AddressRange::parse(text), None, "{text}");
        }
    }
}
