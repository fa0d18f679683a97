//! Addresses that a report may link to.

/// Longest address, in bytes: longer ones are cut or refused by spreadsheets and readers of PDF.
const LONGEST: usize = 2_000;

/// Longest mailbox, in bytes (RFC 5321, section 4.5.3.1).
const LONGEST_MAILBOX: usize = 254;

/// Whether a text is an address of the web, `http://…` or `https://…`, with a host.
pub(crate) fn is_web_address(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    let rest = lower.strip_prefix("https://").or_else(|| lower.strip_prefix("http://"));
    let sound = !text.chars().any(|sign| sign.is_whitespace() || sign.is_control() || "<>\"".contains(sign));
    sound
        && text.len() <= LONGEST
        && rest.is_some_and(|rest| rest.split(['/', '?', '#']).next().is_some_and(|host| !host.is_empty()))
}

/// Whether a text is a mailbox, `name@domain.tld`. Names in quotes and domains in brackets are not accepted: nobody
/// publishes them; nor are the signs that begin another part of a `mailto:` address (RFC 6068, section 2) or encode others.
pub(crate) fn is_mailbox(text: &str) -> bool {
    let Some((name, domain)) = text.split_once('@') else { return false };
    let in_name = |sign: char| sign.is_alphanumeric() || "!$'*+-/=^_`{|}~.".contains(sign);
    let label = |label: &str| {
        let sound = label.chars().all(|sign| sign.is_alphanumeric() || sign == '-');
        !label.is_empty() && sound && !label.starts_with('-') && !label.ends_with('-')
    };
    let name_is_sound = !name.is_empty() && name.chars().all(in_name) && !name.split('.').any(str::is_empty);
    name_is_sound && text.len() <= LONGEST_MAILBOX && domain.contains('.') && domain.split('.').all(label)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_the_web_have_a_host_and_no_other_scheme() {
        for good in
            ["https://www.comune.it/", "HTTP://servizi.comune.it/a?b=c#d", "https://servizi.comune.it"]
        {
            assert!(is_web_address(good), "{good}");
        }
        for bad in
            ["javascript:alert(1)", "https://", "https:///a", "www.comune.it", "ftp://a.it", "https://a b.it"]
        {
            assert!(!is_web_address(bad), "{bad}");
        }
        assert!(!is_web_address(&format!("https://a.it/{}", "x".repeat(2_000))));
    }

    #[test]
    fn a_mailbox_has_one_name_and_a_domain() {
        for good in ["urp@comune.it", "sistemi.dsi@comune.fi.it", "a+b@x-y.it"] {
            assert!(is_mailbox(good), "{good}");
        }
        for bad in [
            "urp",
            "urp@",
            "@comune.it",
            "urp@comune",
            "urp@@comune.it",
            "u rp@comune.it",
            "a..b@c.it",
            "a@-c.it",
            "urp?cc=a@b.it",
            "urp&a@b.it",
            "urp%40@b.it",
            "urp#a@b.it",
        ] {
            assert!(!is_mailbox(bad), "{bad}");
        }
    }
}
