//! Remote write of Prometheus, version 1.0: a Protocol Buffers message in one block of Snappy.
//!
//! Two series make a result: one that is 1 when all is well and 0 when not, and perhaps one of response times in
//! seconds. They belong together when host, service and instant are the same. Where they come in different requests the
//! log holds both, and they are joined when it is read.

use impegno_facts::{Check, NO_LATENCY, Origin, State, StateType};
use impegno_sources::live::{write_check, write_latency, write_state};
use impegno_sources::{SeriesColumns, micros};
use prost::DecodeError;
use prost::encoding::{self, DecodeContext, WireType, decode_key, decode_varint, skip_field};
use rustc_hash::FxHashMap;

use super::{Refusal, Taken, instant, probe_of};

/// The bits of the value by which Prometheus says that a series has ended.
const STALE: u64 = 0x7ff0_0000_0000_0002;

/// A series of a request. The fields of the messages are those of the published definition, by their numbers:
/// a request has series (1), a series labels (1) and samples (2), a label a name (1) and a value (2), a sample a value (1)
/// and milliseconds since 1970 (2). Others are passed over.
#[derive(Debug, Default)]
struct TimeSeries<'b> {
    labels: Vec<(&'b str, &'b str)>,
    samples: Vec<(i64, f64)>,
}

impl<'b> TimeSeries<'b> {
    fn read(message: &'b [u8]) -> Result<TimeSeries<'b>, Broken> {
        let mut series = TimeSeries::default();
        each_field(message, |field| {
            match field {
                (1, Field::Bytes(label)) => {
                    let (mut name, mut value) = ("", "");
                    each_field(label, |field| {
                        match field {
                            (1, Field::Bytes(text)) => name = text_of(text)?,
                            (2, Field::Bytes(text)) => value = text_of(text)?,
                            _ => {}
                        }
                        Ok(())
                    })?;
                    series.labels.push((name, value));
                }
                (2, Field::Bytes(sample)) => {
                    let (mut value, mut timestamp) = (0.0, 0);
                    each_field(sample, |field| {
                        match field {
                            (1, Field::Fixed(bits)) => value = f64::from_bits(bits),
                            (2, Field::Varint(number)) => timestamp = number as i64,
                            _ => {}
                        }
                        Ok(())
                    })?;
                    series.samples.push((timestamp, value));
                }
                _ => {}
            }
            Ok(())
        })?;
        Ok(series)
    }
}

/// A field of a message.
enum Field<'b> {
    Varint(u64),
    Fixed(u64),
    Bytes(&'b [u8]),
}

fn text_of(bytes: &[u8]) -> Result<&str, Broken> {
    std::str::from_utf8(bytes).map_err(|_| Broken)
}

/// The body is no message: a field breaks off, or a text is none.
#[derive(Debug)]
struct Broken;

impl From<DecodeError> for Broken {
    fn from(_: DecodeError) -> Broken {
        Broken
    }
}

/// Hands over the fields of a message in order.
fn each_field<'b>(
    message: &'b [u8],
    mut take: impl FnMut((u32, Field<'b>)) -> Result<(), Broken>,
) -> Result<(), Broken> {
    let mut rest = message;
    while !rest.is_empty() {
        let (tag, wire) = decode_key(&mut rest)?;
        let field = match wire {
            WireType::Varint => Field::Varint(decode_varint(&mut rest)?),
            WireType::SixtyFourBit => {
                let (bits, behind) = rest.split_first_chunk::<8>().ok_or(Broken)?;
                rest = behind;
                Field::Fixed(u64::from_le_bytes(*bits))
            }
            WireType::LengthDelimited => {
                let length = usize::try_from(decode_varint(&mut rest)?).map_err(|_| Broken)?;
                let (bytes, behind) = rest.split_at_checked(length).ok_or(Broken)?;
                rest = behind;
                Field::Bytes(bytes)
            }
            WireType::StartGroup | WireType::EndGroup | WireType::ThirtyTwoBit => {
                skip_field(wire, tag, &mut rest, DecodeContext::default())?;
                continue;
            }
        };
        take((tag, field))?;
    }
    Ok(())
}

/// A series of a request, for whoever writes one.
#[derive(Debug, Clone, PartialEq)]
pub struct SeriesRow<'r> {
    /// Labels, `__name__` among them.
    pub labels: &'r [(&'r str, &'r str)],
    /// Milliseconds since 1970 and value of each sample.
    pub samples: &'r [(i64, f64)],
}

/// The body of a request with some series, as Prometheus sends it.
///
/// # Errors
/// When it is too large for a block of Snappy.
pub fn remote_write(series: &[SeriesRow<'_>]) -> Result<Vec<u8>, String> {
    let mut message = Vec::new();
    for one in series {
        let (mut inner, mut part) = (Vec::new(), Vec::new());
        for (name, value) in one.labels {
            part.clear();
            encoding::string::encode(1, &(*name).to_owned(), &mut part);
            encoding::string::encode(2, &(*value).to_owned(), &mut part);
            encoding::bytes::encode(1, &part, &mut inner);
        }
        for (timestamp, value) in one.samples {
            part.clear();
            encoding::double::encode(1, value, &mut part);
            encoding::int64::encode(2, timestamp, &mut part);
            encoding::bytes::encode(2, &part, &mut inner);
        }
        encoding::bytes::encode(1, &inner, &mut message);
    }
    snap::raw::Encoder::new().compress_vec(&message).map_err(|error| error.to_string())
}

/// Samples of the declared series; those of others are of no interest. `most` bounds the bytes that the body unpacks to.
///
/// # Errors
/// When the body is no such message, unpacks to too much, or a sample of a declared series cannot be used; then nothing is
/// taken.
pub fn prometheus(body: &[u8], columns: &SeriesColumns, most: usize) -> Result<Taken, Refusal> {
    let length =
        snap::raw::decompress_len(body).map_err(|_| Refusal::whole("the body is no block of Snappy"))?;
    if length > most {
        return Err(Refusal::whole(format!("the body unpacks to {length} bytes, more than {most}")));
    }
    let message = snap::raw::Decoder::new()
        .decompress_vec(body)
        .map_err(|_| Refusal::whole("the block of Snappy is damaged"))?;
    let mut samples = Samples::default();
    let mut reason = None;
    let read = each_field(&message, |field| {
        if let ((1, Field::Bytes(series)), None) = (field, &reason) {
            reason = samples.add(&TimeSeries::read(series)?, columns).err();
        }
        Ok(())
    });
    read.map_err(|_| Refusal::whole("the body holds no message of remote write 1.0"))?;
    if let Some(reason) = reason {
        return Err(Refusal::whole(reason));
    }
    let taken = samples.finish();
    if taken.rows + taken.ignored == 0 {
        return Err(Refusal::whole("the request holds no sample"));
    }
    Ok(taken)
}

#[derive(Default)]
struct Samples {
    taken: Taken,
    /// States and latencies in the order in which they came, by probe and instant.
    rows: Vec<(usize, i64, Said)>,
    probes: Vec<String>,
    numbers: FxHashMap<String, usize>,
}

/// What a sample says.
#[derive(Clone, Copy)]
enum Said {
    State(State),
    Latency(i64),
}

impl Samples {
    fn add(&mut self, series: &TimeSeries<'_>, columns: &SeriesColumns) -> Result<(), String> {
        let label = |name: &str| {
            series.labels.iter().find(|(label, _)| *label == name).map_or("", |(_, value)| *value)
        };
        let name = label("__name__");
        let is_state = name == columns.state;
        if !is_state && columns.latency.as_deref() != Some(name) {
            self.taken.ignored += series.samples.len() as u64;
            return Ok(());
        }
        let host = label(&columns.host);
        if host.is_empty() {
            return Err(format!("a series `{name}` has no label `{}`", columns.host));
        }
        let service = match &columns.service {
            Some(service) => {
                let value = label(service);
                if value.is_empty() {
                    return Err(format!("a series `{name}` of `{host}` has no label `{service}`"));
                }
                Some(value)
            }
            None => columns.constant_service.as_deref(),
        };
        let mut probe = String::new();
        probe_of(host, service, &mut probe)?;
        let number = *self.numbers.entry(probe).or_insert_with_key(|probe| {
            self.probes.push(probe.clone());
            self.probes.len() - 1
        });
        for (timestamp, value) in &series.samples {
            // A series that ended says nothing of what it measured.
            if value.to_bits() == STALE {
                self.taken.ignored += 1;
                continue;
            }
            let at = timestamp.checked_mul(1_000).unwrap_or(i64::MAX);
            let at = instant::within(at, &timestamp.to_string())?;
            let said = if is_state {
                // Exactly 1 and exactly 0 are said; anything else tells neither good nor bad.
                Said::State(match value.to_bits() {
                    bits if bits == 1.0_f64.to_bits() => State::Ok,
                    bits if bits == 0.0_f64.to_bits() => State::Critical,
                    _ => State::Unknown,
                })
            } else {
                // The shortest decimal that stands for the value is what the exporter meant.
                let number = value.to_string();
                let latency = micros(&number, 6).ok_or_else(|| {
                    format!("`{number}` of the series `{name}` is no response time in seconds")
                })?;
                Said::Latency(latency)
            };
            self.rows.push((number, at, said));
        }
        Ok(())
    }

    fn finish(mut self) -> Taken {
        let mut latencies: FxHashMap<(usize, i64), (i64, bool)> = FxHashMap::default();
        for (probe, at, said) in &self.rows {
            if let Said::Latency(latency) = said {
                latencies.entry((*probe, *at)).or_insert((*latency, false));
            }
        }
        let into = &mut self.taken.lines;
        let mut rows = 0;
        for (probe, at, said) in &self.rows {
            let Said::State(state) = *said else { continue };
            let Some(name) = self.probes.get(*probe) else { continue };
            rows += 1;
            match latencies.get_mut(&(*probe, *at)) {
                Some((latency, used)) => {
                    *used = true;
                    write_check(into, name, &result(*at, state, *latency));
                }
                None => write_state(into, name, *at, state),
            }
        }
        for (probe, at, said) in &self.rows {
            let Said::Latency(_) = said else { continue };
            let Some(name) = self.probes.get(*probe) else { continue };
            // Each once, where no state took it.
            if let Some((latency, used)) = latencies.get_mut(&(*probe, *at))
                && !*used
            {
                *used = true;
                rows += 1;
                write_latency(into, name, *at, latency.unsigned_abs());
            }
        }
        self.taken.rows = rows;
        self.taken
    }
}

fn result(at: i64, state: State, latency: i64) -> Check {
    let latency = if latency < 0 { NO_LATENCY } else { latency };
    Check { at, state, latency, origin: Origin::Result, state_type: StateType::Hard, attempt: 0, line: 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    const AT: i64 = 1_741_687_200_250;

    fn columns() -> SeriesColumns {
        SeriesColumns {
            host: "instance".to_owned(),
            service: Some("job".to_owned()),
            constant_service: None,
            state: "probe_success".to_owned(),
            latency: Some("probe_duration_seconds".to_owned()),
        }
    }

    fn of<'r>(name: &'r str, host: &'r str) -> [(&'r str, &'r str); 3] {
        [("__name__", name), ("instance", host), ("job", "http")]
    }

    fn taken(series: &[SeriesRow<'_>]) -> Result<(u64, u64, String), String> {
        let body = remote_write(series).expect("a body");
        prometheus(&body, &columns(), 1 << 20)
            .map(|taken| (taken.rows, taken.ignored, String::from_utf8(taken.lines).expect("text")))
            .map_err(|refusal| refusal.to_string())
    }

    #[test]
    fn states_and_their_response_times_are_one_result() {
        let series = [
            SeriesRow {
                labels: &of("probe_duration_seconds", "web1"),
                samples: &[(AT, 0.0065124), (AT + 60_000, 0.1)],
            },
            SeriesRow { labels: &of("probe_success", "web1"), samples: &[(AT, 1.0), (AT + 120_000, 0.0)] },
            SeriesRow {
                labels: &of("probe_success", "db1"),
                samples: &[(AT, 0.5), (AT + 1, f64::from_bits(STALE))],
            },
            SeriesRow { labels: &of("go_goroutines", "web1"), samples: &[(AT, 12.0)] },
        ];
        let expected = "c\t1741687200250000\t0\t6513\t\tweb1;http\n\
                        p\t1741687320250000\t2\tweb1;http\n\
                        p\t1741687200250000\t3\tdb1;http\n\
                        l\t1741687260250000\t100000\tweb1;http\n";
        assert_eq!(taken(&series), Ok((4, 2, expected.to_owned())));
    }

    #[test]
    fn what_is_refused() {
        let without = [("__name__", "probe_success"), ("instance", "web1")];
        let cases = [
            (
                vec![SeriesRow { labels: &without, samples: &[(AT, 1.0)] }],
                "a series `probe_success` of `web1` has no label `job`",
            ),
            (vec![], "the request holds no sample"),
        ];
        for (series, reason) in cases {
            assert_eq!(taken(&series), Err(reason.to_owned()));
        }
        let labels = of("probe_duration_seconds", "web1");
        let negative = taken(&[SeriesRow { labels: &labels, samples: &[(AT, -0.5)] }]);
        assert_eq!(
            negative,
            Err("`-0.5` of the series `probe_duration_seconds` is no response time in seconds".to_owned())
        );
        let seconds = taken(&[SeriesRow { labels: &labels, samples: &[(AT / 1_000, 0.5)] }]);
        assert!(seconds.is_err_and(|reason| reason.ends_with("is its unit another?")));
        let refused = |body: &[u8], most| prometheus(body, &columns(), most).expect_err("refused").reason;
        assert_eq!(refused(b"\xff\xff\xff\xff\xff\xff", 9), "the body is no block of Snappy");
        assert_eq!(refused(b"\x05\x00", 9), "the block of Snappy is damaged");
        let packed = snap::raw::Encoder::new().compress_vec(&[7; 500]).expect("packed");
        assert_eq!(refused(&packed, 99), "the body unpacks to 500 bytes, more than 99");
        assert_eq!(refused(&packed, 999), "the body holds no message of remote write 1.0");
    }

    /// What comes in two requests is joined when the log is read.
    #[test]
    fn a_state_and_its_response_time_may_come_in_two_requests() {
        let state = taken(&[SeriesRow { labels: &of("probe_success", "web1"), samples: &[(AT, 1.0)] }]);
        let latency =
            taken(&[SeriesRow { labels: &of("probe_duration_seconds", "web1"), samples: &[(AT, 0.2)] }]);
        assert_eq!(state, Ok((1, 0, "p\t1741687200250000\t0\tweb1;http\n".to_owned())));
        assert_eq!(latency, Ok((1, 0, "l\t1741687200250000\t200000\tweb1;http\n".to_owned())));
    }
}
