//! The page of a rule that was sought behind a flag.

use impegno_calendar::{Micros, Zone};
use impegno_charter::Reopen;
use impegno_fit::{
    ClassRule, Compared, Confusion, Count, Finding, Hours, Limit, Outcome, Paste, PlainRule, Rule, Said,
    Unexplained, WorkingWeek, time_of_day,
};
use num_bigint::BigInt;
use num_rational::BigRational;

use crate::document::{Block, Cell, Column, Language, Page, Row, RowRole, Section, Table, Tone, Unit, Value};
use crate::numbers;
use crate::words::{self, say};

/// What was found, with the settings that follow from it; at most so many unexplained cases are listed.
pub fn fit_page(
    outcome: &Outcome,
    paste: Option<&Paste>,
    listed: usize,
    zone: &Zone,
    language: Language,
) -> Page {
    let writer = Writer { outcome, zone, language };
    let mut sections = vec![writer.result(), writer.rule(), writer.beside(), writer.confusion()];
    sections.push(writer.alternatives());
    sections.push(writer.counted());
    sections.push(writer.unexplained(listed));
    sections.push(writer.settings(paste));
    Page {
        slug: "regola".to_owned(),
        title: writer.say(
            &format!("La regola dietro il segno «{}»", outcome.flag),
            &format!("The rule behind the flag \"{}\"", outcome.flag),
        ),
        lead: writer.lead(),
        sections,
    }
}

struct Writer<'o> {
    outcome: &'o Outcome,
    zone: &'o Zone,
    language: Language,
}

impl Writer<'_> {
    fn say(&self, italian: &str, english: &str) -> String {
        say(self.language, italian, english)
    }

    fn number(&self, number: u64) -> String {
        numbers::integer(i128::from(number), self.language)
    }

    fn percent(&self, parts: u64, of: u64) -> String {
        if of == 0 {
            return "–".to_owned();
        }
        let share = BigRational::new(BigInt::from(parts), BigInt::from(of));
        numbers::percent(&share, numbers::honest_decimals(&share, 2, None), self.language)
    }

    fn lead(&self) -> String {
        let Outcome { fitted, held_back, cases, .. } = self.outcome;
        let all = self.number(fitted.0 + held_back.0);
        let yes = self.percent(fitted.1 + held_back.1, fitted.0 + held_back.0);
        let (fitted, held) = (self.number(fitted.0), self.number(held_back.0));
        let tried = self.number(self.outcome.tried);
        self.say(
            &format!(
                "{all} casi «{cases}» con il segno, {yes} in tempo. La regola è cercata su {fitted} casi ({tried} regole provate) e messa \
                 alla prova una volta sola su {held} casi tenuti da parte."
            ),
            &format!(
                "{all} cases \"{cases}\" with the flag, {yes} in time. The rule was sought on {fitted} cases ({tried} rules tried) and put \
                 to the test once, on {held} cases held back."
            ),
        )
    }

    fn result(&self) -> Section {
        let outcome = self.outcome;
        let held = outcome.on_held_back;
        let share = self.percent(held.explained(), held.total());
        let counts = format!("{} / {}", self.number(held.explained()), self.number(held.total()));
        // Two decimals, rounded outwards: the interval printed holds the one computed.
        let hundredths = |end: u64| {
            let share = BigRational::new(BigInt::from(end), BigInt::from(10_000));
            numbers::percent(&share, 2, self.language)
        };
        let (low, high) =
            (hundredths(outcome.interval.0 / 100), hundredths(outcome.interval.1.div_ceil(100)));
        let explains = self.say(
            &format!(
                "spiega {share} dei casi tenuti da parte ({counts}; intervallo al 95 %: da {low} a {high})"
            ),
            &format!("explains {share} of the cases held back ({counts}; 95 % interval: {low} to {high})"),
        );
        let verdict = match outcome.finding {
            Finding::Found => self.say(&format!("Trovata una regola: {explains}."), &format!("A rule was found: it {explains}.")),
            Finding::Hint => self.say(
                &format!("Un indizio, non la regola: la migliore {explains}. Troppi casi restano senza spiegazione."),
                &format!("A hint, and not the rule: the best one {explains}. Too many cases stay unexplained."),
            ),
            Finding::None => self.say(
                &format!("Nessuna regola trovata: la migliore {explains}, e non più di ciò che non conta alcun tempo."),
                &format!("No rule was found: the best one {explains}, and no more than what counts no time at all."),
            ),
        };
        let mut lines = vec![verdict];
        for one in &outcome.without {
            let name = self.plain(&one.rule);
            let other = self.percent(one.on_held_back, held.total());
            let (only_rule, only_this) = (self.number(one.only_rule), self.number(one.only_this));
            lines.push(match one.beaten {
                true => self.say(
                    &format!("{name}: {other}. La regola fa meglio: spiega {only_rule} casi che questo non spiega, e {only_this} il contrario."),
                    &format!("{name}: {other}. The rule does better: it explains {only_rule} cases that this does not, and {only_this} the other way round."),
                ),
                false => self.say(
                    &format!("{name}: {other}. La regola non fa meglio: spiega {only_rule} casi che questo non spiega, e {only_this} il contrario."),
                    &format!("{name}: {other}. The rule does not do better: it explains {only_rule} cases that this does not, and {only_this} the other way round."),
                ),
            });
        }
        Section::new("esito", self.say("Esito", "Result"), vec![Block::List(lines)])
    }

    fn rule(&self) -> Section {
        let rule = &self.outcome.rule;
        let mut blocks = vec![Block::Text(self.sentence(rule))];
        if let Some(alike) = self.outcome.alike.filter(|alike| alike.rules > 1) {
            let rules = self.number(alike.rules);
            let (opens, opens_last) = (time_of_day(alike.opens.0), time_of_day(alike.opens.1));
            let (closes, closes_last) = (time_of_day(alike.closes.0), time_of_day(alike.closes.1));
            blocks.push(Block::Text(self.say(
                &format!(
                    "Le ore non sono certe: fra quelle provate, {rules} spiegano altrettanto salvo un caso su mille, con apertura fra le {opens} e le {opens_last} e chiusura fra le {closes} e le {closes_last}. È scelta quella con i limiti più tondi."
                ),
                &format!(
                    "The hours are not certain: of those tried, {rules} explain as much but for one case in a thousand, opening between {opens} and {opens_last} and closing between {closes} and {closes_last}. Those with the roundest limits are taken."
                ),
            )));
        }
        if !rule.classes.is_empty() {
            blocks.push(Block::Table(self.classes()));
        }
        let rare = |class: &ClassRule| class.rest && matches!(class.limit, Limit::UpTo(_));
        if rule.by.len() > 1 && rule.classes.iter().any(rare) {
            blocks.push(Block::Text(self.say(
                "Gli altri valori hanno un limite ma nessun impegno: sono combinazioni che nessun filtro nomina insieme.",
                "The other values have a limit and no commitment: they are combinations that no filter names together.",
            )));
        }
        let title = match self.outcome.finding {
            Finding::Found => self.say("La regola", "The rule"),
            Finding::Hint | Finding::None => {
                self.say("La regola che spiega di più", "The rule that explains most")
            }
        };
        Section::new("regola", title, blocks)
    }

    /// A rule in a sentence.
    fn sentence(&self, rule: &Rule) -> String {
        let (from, to) = (&rule.from, &rule.to);
        let hours = self.hours(&rule.hours);
        let clock = |clock: &Option<String>| {
            clock.as_ref().map_or_else(String::new, |clock| {
                self.say(
                    &format!(", contati con l’orologio «{clock}»"),
                    &format!(", counted by the clock \"{clock}\""),
                )
            })
        };
        let mut text = match &rule.count {
            Count::Deadline(due) => self.say(
                &format!("In tempo se «{to}» viene non dopo la scadenza «{due}» del caso stesso"),
                &format!("In time if \"{to}\" comes not after \"{due}\", the deadline of the case itself"),
            ),
            Count::Time => self.say(
                &format!("Da «{from}» a «{to}», {hours}"),
                &format!("From \"{from}\" to \"{to}\", {hours}"),
            ),
            Count::WorkingDays(name) => self.say(
                &format!("Da «{from}» a «{to}», in giorni lavorativi ({hours}){}", clock(name)),
                &format!("From \"{from}\" to \"{to}\", in working days ({hours}){}", clock(name)),
            ),
            Count::Days(name) => self.say(
                &format!("Da «{from}» a «{to}», in giorni di calendario ({hours}){}", clock(name)),
                &format!("From \"{from}\" to \"{to}\", in calendar days ({hours}){}", clock(name)),
            ),
        };
        if !rule.pause.is_empty() {
            let pause = rule.pause.join(", ");
            text.push_str(&self.say(&format!("; fermo da «{pause}»"), &format!("; paused by \"{pause}\"")));
            if !rule.resume.is_empty() {
                let resume = rule.resume.join(", ");
                text.push_str(&self.say(&format!(" fino a «{resume}»"), &format!(" until \"{resume}\"")));
            }
        }
        match rule.reopen {
            None => {}
            Some(Reopen::Exclude) => text.push_str(&self.say(
                "; il tempo fra soluzione e riapertura non conta",
                "; the time between solution and reopening does not count",
            )),
            Some(Reopen::Count) => text.push_str(
                &self.say("; dopo una riapertura il tempo continua", "; after a reopening the time goes on"),
            ),
            Some(Reopen::NewClock) => text.push_str(
                &self.say("; ogni riapertura apre un nuovo termine", "; each reopening starts a new term"),
            ),
        }
        match rule.by.as_slice() {
            [] => {}
            names => {
                let names = names.join(", ");
                text.push_str(
                    &self.say(&format!("; un limite per {names}"), &format!("; a limit by {names}")),
                );
            }
        }
        match rule.without_deadline {
            None => {}
            Some(true) => text.push_str(&self.say(
                "; senza scadenza il segno dice in tempo",
                "; without a deadline the flag says in time",
            )),
            Some(false) => {
                text.push_str(&self.say(
                    "; senza scadenza il segno dice in ritardo",
                    "; without a deadline the flag says late",
                ))
            }
        }
        text.push('.');
        text
    }

    fn hours(&self, hours: &Hours) -> String {
        match hours {
            Hours::Always => self.say("ogni ora conta", "every hour counts"),
            Hours::Centre(code) => self.say(&format!("calendario «{code}»"), &format!("calendar \"{code}\"")),
            Hours::Proposed(hours) => {
                let days = match hours.week {
                    WorkingWeek::Five => self.say("dal lunedì al venerdì", "Monday to Friday"),
                    WorkingWeek::Six => self.say("dal lunedì al sabato", "Monday to Saturday"),
                    WorkingWeek::Seven => self.say("tutti i giorni", "every day"),
                };
                let holidays = match (hours.national_holidays, self.outcome.own_holidays) {
                    (true, false) => self.say("senza i festivi nazionali", "without national holidays"),
                    (true, true) => self.say(
                        "senza i festivi nazionali e quelli del centro",
                        "without national holidays and those of the centre",
                    ),
                    (false, true) => self
                        .say("senza i soli festivi del centro", "without the holidays of the centre alone"),
                    (false, false) => self.say("festivi compresi", "holidays included"),
                };
                let segment = hours.segment();
                self.say(
                    &format!("ore di servizio proposte: {days} {segment}, {holidays}"),
                    &format!("proposed service hours: {days} {segment}, {holidays}"),
                )
            }
        }
    }

    /// What a limit or a case took, in the unit of the rule.
    fn amount(&self, amount: i64) -> Cell {
        let rule = &self.outcome.rule;
        let text = match (&rule.count, &rule.hours) {
            (Count::WorkingDays(_), _) => {
                words::whole_days(i32::try_from(amount).unwrap_or(i32::MAX), true, self.language)
            }
            (Count::Days(_), _) => {
                words::whole_days(i32::try_from(amount).unwrap_or(i32::MAX), false, self.language)
            }
            (Count::Time, Hours::Always) | (Count::Deadline(_), _) => {
                numbers::duration(Micros(amount), self.language)
            }
            (Count::Time, _) => numbers::service_time(Micros(amount), self.language),
        };
        let value = match rule.count {
            Count::Time | Count::Deadline(_) => Value::Micros(i128::from(amount)),
            Count::WorkingDays(_) | Count::Days(_) => Value::Integer(i128::from(amount)),
        };
        Cell { text, value, tone: Tone::Plain, proof: None }
    }

    fn class(&self, class: &ClassRule) -> String {
        if self.outcome.rule.by.is_empty() {
            return self.say("tutti i casi", "all cases");
        }
        if class.rest {
            return self.say("altri valori (pochi casi ciascuno)", "other values (few cases each)");
        }
        let values = class.values.first().map_or(&[][..], Vec::as_slice);
        let not_stated = self.say("non indicato", "not stated");
        let shown: Vec<&str> =
            values.iter().map(|value| if value.is_empty() { not_stated.as_str() } else { value }).collect();
        shown.join(" / ")
    }

    fn classes(&self) -> Table {
        let rows = self.outcome.rule.classes.iter().enumerate().map(|(number, class)| {
            let (limit, span) = match class.limit {
                Limit::Never => (Cell::words(self.say("mai in tempo", "never in time")), Cell::empty()),
                Limit::Always => (Cell::words(self.say("sempre in tempo", "always in time")), Cell::empty()),
                Limit::Unknown => (Cell::words(self.say("non noto", "not known")), Cell::empty()),
                Limit::UpTo(limit) => (self.amount(limit), self.span(class)),
            };
            let (fitted, held) = (class.on_fitted, class.on_held_back);
            let yes = |one: Confusion| one.met_met + one.met_late + one.met_silent;
            Row {
                key: (number + 1).to_string(),
                label: self.class(class),
                role: RowRole::Part,
                cells: vec![
                    limit,
                    span,
                    self.count(fitted.total() + held.total()),
                    self.share(yes(fitted) + yes(held), fitted.total() + held.total()),
                    self.share(fitted.explained(), fitted.total()),
                    self.share(held.explained(), held.total()),
                ],
            }
        });
        Table {
            id: "limiti".to_owned(),
            title: self.say("I limiti", "The limits"),
            definition: self.say(
                "Il limite è il numero più tondo fra quelli che spiegano altrettanto sui casi della ricerca, salvo un caso su mille della \
                 classe; esattamente al limite è in tempo.",
                "The limit is the roundest of those that explain as much of the cases of the search, but for one case in a thousand of the \
                 class; exactly at the limit is in time.",
            ),
            row_heading: match self.outcome.rule.by.is_empty() {
                true => self.say("Classe", "Class"),
                false => self.outcome.rule.by.join(" / "),
            },
            columns: vec![
                column("limit", self.say("Limite", "Limit"), true),
                column("span", self.say("Lo stesso da … a meno di …", "The same from … to under …"), false),
                column("cases", self.say("Casi", "Cases"), true),
                column("met", self.say("In tempo", "In time"), true),
                column("fitted", self.say("Spiegati: ricerca", "Explained: search"), true),
                column("held-back", self.say("Spiegati: tenuti da parte", "Explained: held back"), true),
            ],
            rows: rows.collect(),
            notes: Vec::new(),
            chart: None,
        }
    }

    fn span(&self, class: &ClassRule) -> Cell {
        let Some((from, until)) = class.span else { return Cell::empty() };
        let from = self.amount(from).text;
        Cell::words(match until {
            Some(until) => format!("{from} … {}", self.amount(until).text),
            None => format!("{from} …"),
        })
    }

    fn count(&self, number: u64) -> Cell {
        Cell {
            text: self.number(number),
            value: Value::Integer(i128::from(number)),
            tone: Tone::Plain,
            proof: None,
        }
    }

    fn share(&self, parts: u64, of: u64) -> Cell {
        if of == 0 {
            return Cell::words("–");
        }
        let value =
            Value::Ratio { numerator: i128::from(parts), denominator: i128::from(of), unit: Unit::Percent };
        Cell { text: self.percent(parts, of), value, tone: Tone::Plain, proof: None }
    }

    /// The name of something that counts no time.
    fn plain(&self, rule: &PlainRule) -> String {
        match rule {
            PlainRule::Constant(true) => {
                self.say("Rispondere sempre «in tempo»", "Always answering \"in time\"")
            }
            PlainRule::Constant(false) => {
                self.say("Rispondere sempre «in ritardo»", "Always answering \"late\"")
            }
            PlainRule::Classes(names) => {
                let names = names.join(", ");
                self.say(
                    &format!("La maggioranza di ogni classe ({names})"),
                    &format!("The majority of each class ({names})"),
                )
            }
            PlainRule::Dimension(name) => self.say(
                &format!("La migliore caratteristica senza tempo (maggioranza per {name})"),
                &format!("The best attribute without time (majority by {name})"),
            ),
            PlainRule::HasEvent(event) => self.say(
                &format!("La migliore caratteristica senza tempo (il caso ha «{event}»)"),
                &format!("The best attribute without time (the case has \"{event}\")"),
            ),
        }
    }

    fn beside(&self) -> Section {
        let outcome = self.outcome;
        let (fitted, held) = (outcome.on_fitted, outcome.on_held_back);
        let mut rows = vec![Row {
            key: "rule".to_owned(),
            label: self.say("La regola", "The rule"),
            role: RowRole::Part,
            cells: vec![
                self.share(fitted.explained(), fitted.total()),
                self.share(held.explained(), held.total()),
                Cell::words("–"),
                Cell::words("–"),
                Cell::words("–"),
            ],
        }];
        rows.extend((1..).zip(&outcome.without).map(|(number, one): (usize, &Compared)| Row {
            key: number.to_string(),
            label: self.plain(&one.rule),
            role: RowRole::Part,
            cells: vec![
                self.share(one.on_fitted, fitted.total()),
                self.share(one.on_held_back, held.total()),
                self.count(one.only_rule),
                self.count(one.only_this),
                match one.beaten {
                    true => Cell::words(self.say("sì", "yes")).toned(Tone::Good),
                    false => Cell::words(self.say("no", "no")).toned(Tone::Bad),
                },
            ],
        }));
        let table = Table {
            id: "accanto".to_owned(),
            title: self.say("Accanto a ciò che non conta alcun tempo", "Beside what counts no time"),
            definition: String::new(),
            row_heading: self.say("Risposta", "Answer"),
            columns: vec![
                column("fitted", self.say("Spiegati: ricerca", "Explained: search"), true),
                column("held-back", self.say("Spiegati: tenuti da parte", "Explained: held back"), true),
                column("only-rule", self.say("Solo la regola", "Only the rule"), true),
                column("only-this", self.say("Solo questa", "Only this"), true),
                column("beaten", self.say("La regola fa meglio", "The rule does better"), false),
            ],
            rows,
            notes: Vec::new(),
            chart: None,
        };
        Section::new("accanto", self.say("Senza regola", "Without a rule"), vec![Block::Table(table)])
    }

    fn confusion(&self) -> Section {
        let one = self.outcome.on_held_back;
        let row = |key: &str, label: String, counts: [u64; 3]| Row {
            key: key.to_owned(),
            label,
            role: RowRole::Part,
            cells: counts.into_iter().map(|count| self.count(count)).collect(),
        };
        let table = Table {
            id: "segno-e-regola".to_owned(),
            title: self.say("Segno e regola, casi tenuti da parte", "Flag and rule, cases held back"),
            definition: String::new(),
            row_heading: self.say("Il segno dice", "The flag says"),
            columns: vec![
                column("met", self.say("Regola: in tempo", "Rule: in time"), true),
                column("late", self.say("Regola: in ritardo", "Rule: late"), true),
                column("nothing", self.say("Regola: nulla", "Rule: nothing"), true),
            ],
            rows: vec![
                row("met", self.say("in tempo", "in time"), [one.met_met, one.met_late, one.met_silent]),
                row("late", self.say("in ritardo", "late"), [one.late_met, one.late_late, one.late_silent]),
            ],
            notes: Vec::new(),
            chart: None,
        };
        Section::new(
            "segno-e-regola",
            self.say("Dove segno e regola si dividono", "Where flag and rule part"),
            vec![Block::Table(table)],
        )
    }

    fn alternatives(&self) -> Section {
        let total = self.outcome.fitted.0;
        let rows = (1..).zip(&self.outcome.alternatives).map(|(number, one): (usize, _)| Row {
            key: number.to_string(),
            label: number.to_string(),
            role: RowRole::Part,
            cells: vec![
                self.share(one.on_fitted, total),
                self.share(one.cross_validated, total),
                Cell::words(self.sentence(&one.rule)),
            ],
        });
        let table = Table {
            id: "altre-regole".to_owned(),
            title: self.say("Le migliori regole di altra forma", "The best rules of other kinds"),
            definition: self.say(
                "Solo sui casi della ricerca; in croce: ogni terzo dei casi con i limiti trovati sugli altri due.",
                "On the cases of the search alone; crosswise: each third of the cases with the limits found on the other two.",
            ),
            row_heading: self.say("N.", "No."),
            columns: vec![
                column("fitted", self.say("Spiegati", "Explained"), true),
                column("crosswise", self.say("In croce", "Crosswise"), true),
                column("rule", self.say("Regola", "Rule"), false),
            ],
            rows: rows.collect(),
            notes: Vec::new(),
            chart: None,
        };
        Section::new(
            "altre-regole",
            self.say("Altre regole provate", "Other rules that were tried"),
            vec![Block::Table(table)],
        )
    }

    /// Which cases stand where, and which are in no share.
    fn counted(&self) -> Section {
        let outcome = self.outcome;
        let silent = outcome.on_fitted.silent() + outcome.on_held_back.silent();
        let mut lines = vec![
            self.say(
                &format!("Casi senza segno, fuori da ogni conto: {}.", self.number(outcome.without_flag)),
                &format!("Cases without the flag, in no count: {}.", self.number(outcome.without_flag)),
            ),
            self.say(
                &format!(
                    "Casi aperti, cioè con il segno e con «{}» ma senza «{}», contati con il tempo trascorso: {}.",
                    outcome.rule.from,
                    outcome.rule.to,
                    self.number(outcome.open)
                ),
                &format!(
                    "Open cases, with the flag and with \"{}\" but without \"{}\", counted with their time so far: {}.",
                    outcome.rule.from,
                    outcome.rule.to,
                    self.number(outcome.open)
                ),
            ),
            self.say(
                &format!(
                    "Casi di cui la regola non dice nulla, contati come non spiegati: {}.",
                    self.number(silent)
                ),
                &format!(
                    "Cases of which the rule says nothing, counted as not explained: {}.",
                    self.number(silent)
                ),
            ),
        ];
        let events: Vec<String> =
            outcome.events.iter().map(|(event, cases)| format!("{event} {}", self.number(*cases))).collect();
        let events = events.join(", ");
        lines.push(self.say(
            &format!("Eventi e casi che li hanno: {events}."),
            &format!("Events and the cases that have them: {events}."),
        ));
        Section::new("contati", self.say("Che cosa è contato", "What is counted"), vec![Block::List(lines)])
    }

    fn unexplained(&self, listed: usize) -> Section {
        let all = &self.outcome.unexplained;
        let title = self.say("Casi non spiegati", "Cases that are not explained");
        let rows: Vec<Row> = all.iter().take(listed).map(|case| self.case(case)).collect();
        let mut notes = Vec::new();
        if all.len() > listed {
            let (shown, all) = (self.number(listed as u64), self.number(all.len() as u64));
            notes.push(self.say(
                &format!("I primi {shown} di {all}; con --limit-list se ne elencano di più."),
                &format!("The first {shown} of {all}; --limit-list lists more."),
            ));
        }
        let table = Table {
            id: "non-spiegati".to_owned(),
            title: format!("{title}: {}", self.number(all.len() as u64)),
            definition: String::new(),
            row_heading: self.say("Caso", "Case"),
            columns: vec![
                column("part", self.say("Parte", "Part"), false),
                column("class", self.say("Classe", "Class"), false),
                column("flag", self.say("Segno", "Flag"), false),
                column("rule", self.say("Regola", "Rule"), false),
                column("taken", self.say("Contato", "Counted"), true),
                column("limit", self.say("Limite", "Limit"), true),
                column("from", self.outcome.rule.from.clone(), false),
                column("to", self.outcome.rule.to.clone(), false),
                column("origin", self.say("Fonte", "Source"), false),
            ],
            rows,
            notes: notes.clone(),
            chart: None,
        };
        let mut blocks = vec![Block::Table(table)];
        blocks.extend(notes.into_iter().map(Block::Text));
        Section::new("non-spiegati", title, blocks)
    }

    fn case(&self, case: &Unexplained) -> Row {
        let met = |met: bool| match met {
            true => self.say("in tempo", "in time"),
            false => self.say("in ritardo", "late"),
        };
        let class = self.outcome.rule.classes.get(case.class);
        let limit = match class.map(|class| class.limit) {
            Some(Limit::UpTo(limit)) => self.amount(limit),
            Some(Limit::Never | Limit::Always | Limit::Unknown) | None => Cell::empty(),
        };
        let at = |at: Option<impegno_calendar::Instant>| {
            Cell::words(at.map_or_else(|| "–".to_owned(), |at| words::instant(at, self.zone, self.language)))
        };
        let origins: Vec<String> =
            case.origins.iter().map(|origin| format!("{}:{}", origin.file, origin.line)).collect();
        let mut unique = origins;
        unique.dedup();
        Row {
            key: case.case.clone(),
            label: case.case.clone(),
            role: RowRole::Part,
            cells: vec![
                Cell::words(match case.held_back {
                    true => self.say("tenuto da parte", "held back"),
                    false => self.say("ricerca", "search"),
                }),
                Cell::words(class.map_or_else(String::new, |class| self.class(class))),
                Cell::words(met(case.flag)),
                Cell::words(match case.said {
                    Said::Met => met(true),
                    Said::Late => met(false),
                    Said::Nothing => self.say("nulla", "nothing"),
                }),
                case.amount.map_or_else(Cell::empty, |amount| self.amount(amount)),
                limit,
                at(case.from),
                at(case.to),
                Cell::words(unique.join(", ")),
            ],
        }
    }

    fn settings(&self, paste: Option<&Paste>) -> Section {
        let blocks = match paste {
            None => vec![Block::Text(match self.outcome.finding {
                Finding::None => self.say(
                    "Nessun impegno: una regola che non spiega più del caso non è una regola.",
                    "No commitment: a rule that explains no more than chance is no rule.",
                ),
                Finding::Found | Finding::Hint => self.say(
                    "Nessun impegno: nessuna classe ha un limite.",
                    "No commitment: no class has a limit.",
                ),
            })],
            Some(paste) => {
                let mut blocks = Vec::new();
                if self.outcome.finding == Finding::Hint {
                    blocks.push(Block::Text(self.say(
                        "Solo un indizio: da verificare con chi ha fatto il segno, prima di incollarlo.",
                        "A hint only: to be checked with whoever made the flag before it is pasted.",
                    )));
                }
                if !paste.calendar.is_empty() {
                    blocks.push(Block::Text(format!("# centre.toml\n{}", paste.calendar)));
                }
                blocks.push(Block::Text(format!("# commitments/fit.toml\n{}", paste.commitments)));
                blocks
            }
        };
        Section::new("impegni", self.say("Da incollare", "To paste"), blocks)
    }
}

fn column(key: &str, label: String, numeric: bool) -> Column {
    Column { key: key.to_owned(), label, numeric }
}
