//! Requests of citizens to the City of Boston: our judgement beside the one that the city published, and its deadlines
//! computed from a declared calendar and clock.
//!
//! City of Boston, Analyze Boston, 311 Service Requests, ODC PDDL 1.0.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use flate2::read::GzDecoder;
use impegno_calendar::{Instant, Interval, Period, Zone};
use impegno_charter::Centre;
use impegno_clocks::{Clock, Term};
use impegno_facts::Kind;
use impegno_measure::{Evidence, Judgement, Part, Supply, measure_commitments};
use impegno_sources::{Names, read_declaration};

/// All requests opened in three months of 2011.
const FILE: &str = "inbox/richieste/requests_2011_jul_sep.csv.gz";

fn example() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/boston-311")
}

/// A request as the city published it.
struct Request {
    number: String,
    opened: Instant,
    due: Option<Instant>,
    flag: String,
    topic: String,
    month: String,
    channel: String,
}

static ZONE: LazyLock<Zone> = LazyLock::new(|| Zone::named("America/New_York").expect("the zone"));

static REQUESTS: LazyLock<Vec<Request>> = LazyLock::new(|| {
    let mut text = String::new();
    GzDecoder::new(std::fs::File::open(example().join(FILE)).expect("the requests"))
        .read_to_string(&mut text)
        .expect("text");
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let columns = ["case_enquiry_id", "open_dt", "target_dt", "ontime", "type", "source"];
    let header = reader.headers().expect("a header").clone();
    let places = columns.map(|name| header.iter().position(|one| one == name).expect("the column"));
    let instant = |text: &str| (!text.is_empty()).then(|| ZONE.instant(text.parse().expect("a civil time")));
    reader
        .records()
        .map(|record| {
            let record = record.expect("a row");
            let [number, opened, due, flag, topic, channel] = places.map(|place| record[place].to_owned());
            Request {
                month: opened[..7].to_owned(),
                opened: instant(&opened).expect("every request was opened"),
                due: instant(&due),
                number,
                flag,
                topic,
                channel,
            }
        })
        .collect()
});

/// What the folder says.
fn centre() -> Centre {
    let texts = ["centre.toml", "commitments/prova.toml"].map(|file| {
        let text = std::fs::read_to_string(example().join(file)).expect("the settings");
        (file.to_owned(), text)
    });
    let (centre, findings) = impegno_charter::read(&BTreeMap::from(texts));
    assert!(findings.is_empty(), "{findings:?}");
    centre.expect("a centre")
}

/// What the source of the folder gives, in memory.
struct Received(Vec<Part>);

impl Supply for Received {
    type Error = Infallible;

    fn count(&self, kind: Kind) -> usize {
        if kind == Kind::Cases { self.0.len() } else { 0 }
    }

    fn touches(&self, _: Kind, _: usize, _: Interval) -> bool {
        true
    }

    fn read(&self, _: Kind, part: usize) -> Result<Part, Infallible> {
        Ok(self.0[part].clone())
    }
}

/// Our judgement of every request at the time at which the city took the data out, by its number.
fn judged() -> BTreeMap<String, Judgement> {
    let declaration = std::fs::read_to_string(example().join("sources/richieste.toml")).expect("the source");
    let mut findings = Vec::new();
    let declaration = impegno_settings::read("richieste.toml", &declaration, &mut findings, read_declaration);
    let declaration = declaration.expect("a sound declaration");
    let bytes = std::fs::read(example().join(FILE)).expect("the requests");
    let received = impegno_sources::read(&declaration, &Names::default(), &ZONE, FILE, &bytes);
    assert_eq!((received.rows, received.rejected), (31_828, 0));
    let part = |facts| Part { facts, source: "richieste".to_owned(), file: FILE.to_owned(), batch: 1 };
    let supply = Received(received.facts.into_iter().map(part).collect());
    let period = "2011-07-01..2019-06-30".parse::<Period>().expect("a period").interval(&ZONE);
    let Ok(measured) = measure_commitments(&centre(), period, period.end, &supply);
    let all = measured.into_iter().find(|one| one.code == "B.1").expect("the promise");
    let Evidence::Within(evidence) = all.evidence else { panic!("of cases") };
    // Of the requests in time only the slowest are listed; the others are all that are left, as the count says.
    assert_eq!(evidence.count.total(), REQUESTS.len() as u64);
    let mut judged: BTreeMap<String, Judgement> =
        REQUESTS.iter().map(|request| (request.number.clone(), Judgement::Good)).collect();
    judged.extend(evidence.cases.into_iter().map(|case| (case.case, case.judgement)));
    let good = judged.values().filter(|judgement| **judgement == Judgement::Good).count();
    assert_eq!(evidence.count.good, good as u64);
    judged
}

/// The city calls a request without a deadline on time; of the others, ours is the judgement.
#[test]
fn our_judgement_is_the_published_flag_on_every_flagged_row() {
    let judged = judged();
    assert_eq!(judged.len(), REQUESTS.len());
    let (mut equal, mut missing) = (0, 0);
    let mut months: BTreeMap<&str, [u32; 3]> = BTreeMap::new();
    let mut channels: BTreeMap<&str, [u32; 3]> = BTreeMap::new();
    for request in REQUESTS.iter() {
        let ours = judged[&request.number];
        let flag = match ours {
            Judgement::Good | Judgement::WithoutDeadline => "ONTIME",
            Judgement::Late => "OVERDUE",
            other => panic!("{}: {other:?}", request.number),
        };
        let counts =
            [months.entry(&request.month).or_default(), channels.entry(&request.channel).or_default()];
        let kept = match request.flag.as_str() {
            // What the publisher says nothing of is missing, and never counted as kept.
            "" => {
                missing += 1;
                None
            }
            published => {
                assert_eq!(flag, published, "{}", request.number);
                equal += 1;
                Some(if flag == "ONTIME" { 1 } else { 2 })
            }
        };
        for count in counts {
            count[0] += 1;
            if let Some(kept) = kept {
                count[kept] += 1;
            }
        }
    }
    assert_eq!((equal, missing), (31_745, 83));
    let months: Vec<_> = months.into_iter().collect();
    assert_eq!(
        months,
        [
            ("2011-07", [9_854, 7_990, 1_843]),
            ("2011-08", [11_547, 9_182, 2_342]),
            ("2011-09", [10_427, 8_197, 2_191]),
        ]
    );
    let channels: Vec<_> = channels.into_iter().collect();
    assert_eq!(
        channels,
        [
            ("Citizens Connect App", [1_385, 1_058, 318]),
            ("Constituent Call", [15_281, 10_448, 4_789]),
            ("Employee Generated", [10_604, 9_976, 620]),
            ("Maximo Integration", [54, 49, 5]),
            ("Self Service", [4_503, 3_837, 644]),
            ("Twitter", [1, 1, 0]),
        ]
    );
}

/// The rule was found from the rows: equal within a minute, because the city's deadlines are often a second or four early.
#[test]
fn deadlines_follow_from_the_declared_calendar_and_clock() {
    let centre = centre();
    let calendar = centre.calendar("feriali").expect("the calendar").clone();
    let clock = Clock::new(centre.clock("boston").expect("the clock"), calendar);
    let mut rules: BTreeMap<String, (String, i32, u32, u32)> = BTreeMap::new();
    let mut reader = csv::Reader::from_path(example().join("deadlines.csv")).expect("the table");
    for record in reader.records() {
        let record = record.expect("a row");
        let number = |n: usize| record[n].parse::<u32>().expect("a number");
        let days = record[2].parse().expect("days");
        rules.insert(record[0].to_owned(), (record[1].to_owned(), days, number(3), number(4)));
    }
    assert_eq!(rules.len(), 61);
    let mut found: BTreeMap<&str, (u32, u32)> = BTreeMap::new();
    for request in REQUESTS.iter() {
        let (Some(due), Some((kind, days, _, _))) = (request.due, rules.get(&request.topic)) else {
            continue;
        };
        let term = if kind == "working" { Term::working_days(*days) } else { Term::calendar_days(*days) };
        let ours = clock.after(request.opened, term).expect("a deadline");
        let counts = found.entry(&request.topic).or_default();
        counts.0 += 1;
        counts.1 += u32::from((ours.second() - due.second()).abs() <= 60);
    }
    let mut kinds: BTreeMap<&str, (u32, u32)> = BTreeMap::new();
    for (topic, (kind, _, requests, equal)) in &rules {
        assert_eq!(found.get(topic.as_str()), Some(&(*requests, *equal)), "{topic}");
        let sum = kinds.entry(kind).or_default();
        *sum = (sum.0 + requests, sum.1 + equal);
    }
    assert_eq!(kinds, BTreeMap::from([("calendar", (5_472, 5_390)), ("working", (20_829, 20_611))]));
}
