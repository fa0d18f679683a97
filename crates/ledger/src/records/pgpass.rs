//! The file of passwords that PostgreSQL's own programs read: `host:port:database:user:password`, a line each.

use postgres::Config;
use postgres::config::Host;

use crate::Server;

impl Server {
    /// The password for this server in the text of a file of passwords, by the rules of libpq: `*` stands for anything, `\`
    /// before `:` and `\`, the first line that fits counts. `None` when no line fits, or the address cannot be read.
    pub fn password_in(&self, passwords: &str) -> Option<String> {
        let config: Config = self.url.parse().ok()?;
        let host = match config.get_hosts().first() {
            Some(Host::Tcp(host)) => host.clone(),
            #[cfg(unix)]
            Some(Host::Unix(path)) => path.to_string_lossy().into_owned(),
            None => "localhost".to_owned(),
        };
        let port = config.get_ports().first().copied().unwrap_or(5432).to_string();
        let user = config.get_user().unwrap_or_default();
        let database = config.get_dbname().unwrap_or(user);
        let wanted = [host.as_str(), &port, database, user];
        passwords.lines().filter(|line| !line.starts_with('#')).find_map(|line| {
            let (fields, password) = fields(line)?;
            let fits = |(field, wanted): (&String, &&str)| field == "*" || field == wanted;
            fields.iter().zip(&wanted).all(fits).then_some(password)
        })
    }
}

/// The four fields before the password, and the password; `None` for a line that has fewer.
fn fields(line: &str) -> Option<([String; 4], String)> {
    let mut fields = vec![String::new()];
    let mut signs = line.chars();
    while let Some(sign) = signs.next() {
        match sign {
            ':' if fields.len() <= 4 => fields.push(String::new()),
            '\\' => fields.last_mut()?.extend(signs.next()),
            sign => fields.last_mut()?.push(sign),
        }
    }
    let [host, port, database, user, password] = <[String; 5]>::try_from(fields).ok()?;
    Some(([host, port, database, user], password))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_line_that_fits_counts() {
        let server = Server {
            url: "postgresql://impegno@db.example.it:5433/centri".to_owned(),
            password: None,
            schema: "valle".to_owned(),
        };
        for (text, password) in [
            ("db.example.it:5433:centri:impegno:a\\:b\\\\c\n", Some("a:b\\c")),
            ("# db.example.it:5433:centri:impegno:no\n*:*:*:impegno:a:b\n*:*:*:*:late", Some("a:b")),
            ("db.example.it:5432:centri:impegno:no\n", None),
            ("db.example.it:5433:altri:impegno:no\n*:*:*\n", None),
            ("", None),
        ] {
            assert_eq!(server.password_in(text).as_deref(), password, "{text}");
        }
    }
}
