//! Names of columns and words of events in the exports of common help desks, Italian and English.
//!
//! GLPI, Zammad, osTicket, OTRS and Znuny, Jira Service Management, ServiceNow, Freshdesk, and what people
//! write in spreadsheets.

/// What a name says of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Says {
    /// The identifier, with a rank: the smaller, the surer.
    Identifier(u8),
    /// The time of an event of a case.
    Time(&'static str),
    /// A time that no promise starts or stops at: a term, the last change.
    Term,
    Changed,
    /// The time of an operation or an event.
    When,
    /// The word of an event.
    Event,
    /// First and last day of a state.
    From,
    Until,
    /// A person, or what is said of one.
    Person,
    /// Sentences.
    FreeText,
    /// A word to cut by.
    Dimension(&'static str),
    Body,
    Service,
    Amount,
    Quantity,
    Month,
    Nothing,
}

/// A name in lower case without accents and punctuation.
pub(crate) fn plain(name: &str) -> String {
    let mut plain = String::new();
    let mut depth: u32 = 0;
    for letter in name.to_lowercase().chars() {
        match letter {
            '(' | '[' => depth += 1,
            ')' | ']' => depth = depth.saturating_sub(1),
            _ if depth > 0 => {}
            'à' | 'á' | 'â' | 'ä' => plain.push('a'),
            'è' | 'é' | 'ê' | 'ë' => plain.push('e'),
            'ì' | 'í' | 'î' => plain.push('i'),
            'ò' | 'ó' | 'ô' | 'ö' => plain.push('o'),
            'ù' | 'ú' | 'û' | 'ü' => plain.push('u'),
            '#' => plain.push_str(" numero "),
            '€' => plain.push_str(" euro "),
            'n' if plain.is_empty() && name.trim_start().starts_with(['n', 'N']) && name.contains('°') => {
                plain.push_str("numero ");
            }
            letter if letter.is_alphanumeric() => plain.push(letter),
            _ => plain.push(' '),
        }
    }
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

const IDENTIFIERS: &[&str] = &[
    "numero ticket",
    "ticket numero",
    "ticket number",
    "ticket id",
    "id ticket",
    "issue key",
    "incident number",
    "case number",
    "request id",
    "numero segnalazione",
    "id segnalazione",
    "numero richiesta",
    "id richiesta",
    "ticket",
    "number",
    "numero",
    "key",
    "chiave",
    "codice ticket",
    "codice",
    "id",
    "n",
    "nr",
    "num",
    "n ticket",
    "nr ticket",
    "protocollo",
    "rif",
    "riferimento",
    "issue id",
    "id pagamento",
    "iuv",
    "codice segnalazione",
    "segnalazione",
    "richiesta",
    "intervento",
    "pratica",
    "caso",
    "case",
    "incident",
    "reclamo",
    "numero reclamo",
];

/// Words of names, in the order in which they are asked: the first that stands in the name decides.
const HINTS: &[(&[&str], Says)] = &[
    (
        &[
            "scadenza",
            "previst",
            "due",
            "entro",
            "time to resolve",
            "time to own",
            "escalation",
            "deadline",
            "pending",
            "sla",
            "prossim",
            "next",
            "massim",
            "limite",
            "target",
        ],
        Says::Term,
    ),
    (&["aggiornament", "modifica", "updated", "update", "last", "ultim", "changed"], Says::Changed),
    (&["riapert", "reopen"], Says::Time("reopened")),
    (
        &[
            "presa in carico",
            "preso in carico",
            "in carico",
            "acknowledg",
            "take into account",
            "accettazione",
        ],
        Says::Time("taken-in-charge"),
    ),
    (&["prima risposta", "first response", "first reply", "initial response"], Says::Time("replied")),
    (
        &[
            "risoluz",
            "risolt",
            "soluzione",
            "resolved",
            "resolution",
            "solved",
            "solve",
            "evasione",
            "evaso",
            "completed",
            "completament",
            "fine lavor",
        ],
        Says::Time("solved"),
    ),
    (&["chiusur", "chiuso", "chiusa", "closed", "close", "closing"], Says::Time("closed")),
    (&["assegna", "assigned"], Says::Time("assigned")),
    (
        &[
            "apertur",
            "apert",
            "opening",
            "opened",
            "open date",
            "created",
            "creation",
            "creazion",
            "creat",
            "inseriment",
            "inserit",
            "registrazion",
            "ricezion",
            "ricevut",
            "received",
            "submitted",
            "segnalat",
        ],
        Says::Time("opened"),
    ),
];

/// What the name of a column of times says.
pub(crate) fn of_time(name: &str) -> Says {
    let name = plain(name);
    if matches!(
        name.as_str(),
        "dal" | "valido dal" | "from" | "valid from" | "inizio validita" | "decorrenza"
    ) {
        return Says::From;
    }
    if matches!(
        name.as_str(),
        "al" | "valido fino al" | "until" | "valid until" | "fine validita" | "cessazione"
    ) {
        return Says::Until;
    }
    if matches!(name.as_str(), "mese" | "month" | "periodo" | "period") {
        return Says::Month;
    }
    let found = HINTS.iter().find(|(words, _)| words.iter().any(|word| has(&name, word)));
    match found {
        Some((_, says)) => *says,
        None if ["data", "date", "quando", "when", "timestamp", "ora", "time", "giorno", "day"]
            .iter()
            .any(|word| has(&name, word)) =>
        {
            Says::When
        }
        None => Says::Nothing,
    }
}

/// Whether a word or the beginning of one stands in a name.
fn has(name: &str, word: &str) -> bool {
    name.match_indices(word).any(|(place, _)| place == 0 || name.as_bytes().get(place - 1) == Some(&b' '))
}

const QUEUES: &[&str] =
    &["gruppo", "group", "coda", "queue", "team", "reparto", "department", "ufficio assegnatario"];
const PERSONS: &[&str] = &[
    "richiedente",
    "requester",
    "requestor",
    "nominativo",
    "cognome",
    "nome",
    "first name",
    "last name",
    "full name",
    "operatore",
    "addetto",
    "operator",
    "tecnico",
    "technician",
    "agent",
    "agente",
    "assignee",
    "assegnatario",
    "assigned to",
    "assegnato a",
    "reporter",
    "segnalante",
    "caller",
    "opened by",
    "aperto da",
    "created by",
    "creato da",
    "closed by",
    "chiuso da",
    "resolved by",
    "owner",
    "responsabile",
    "utente",
    "user",
    "username",
    "contatto",
    "contact",
    "email",
    "e mail",
    "indirizzo mail",
    "telefono",
    "phone",
    "cellulare",
    "mobile",
    "codice fiscale",
    "watcher",
    "author",
    "autore",
    "indirizzo",
    "address",
    "creator",
    "customer",
    "cliente",
    "from",
    "da",
    "mittente",
    "sender",
    "segnalatore",
    "chiamante",
    "interlocutore",
    "matricola",
];
const FREE_TEXTS: &[&str] = &[
    "titolo",
    "title",
    "oggetto",
    "subject",
    "summary",
    "riepilogo",
    "descrizione",
    "description",
    "short description",
    "note",
    "notes",
    "commenti",
    "commento",
    "comment",
    "comments",
    "testo",
    "contenuto",
    "content",
    "messaggio",
    "message",
    "work notes",
    "soluzione",
    "solution",
    "resolution notes",
    "allegati",
    "attachments",
    "close notes",
];
/// Whole names of columns of words, and what they are cut by.
const DIMENSIONS: &[(&str, &[&str])] = &[
    (
        "channel",
        &[
            "canale",
            "channel",
            "fonte",
            "fonte della richiesta",
            "request source",
            "source",
            "origine",
            "origin",
            "contact type",
            "via",
            "create article type",
            "tipo di contatto",
            "modalita",
            "modalita di contatto",
            "provenienza",
            "reported source",
        ],
    ),
    ("priority", &["priorita", "priority", "priority state"]),
    ("urgency", &["urgenza", "urgency"]),
    ("impact", &["impatto", "impact"]),
    ("severity", &["gravita", "severita", "severity"]),
    ("level", &["livello", "level", "livello di supporto", "support level"]),
    (
        "type",
        &[
            "tipo",
            "type",
            "issue type",
            "tipo ticket",
            "ticket type",
            "tipologia",
            "request type",
            "tipo di richiesta",
        ],
    ),
    ("topic", &["categoria", "category", "help topic", "argomento", "topic", "ambito", "area", "materia"]),
    ("subtopic", &["sottocategoria", "subcategory", "sotto categoria"]),
    (
        "status",
        &["stato", "status", "state", "incident state", "current status", "stato ticket", "situazione"],
    ),
    (
        "outcome",
        &[
            "esito",
            "outcome",
            "resolution",
            "close code",
            "resolution code",
            "codice chiusura",
            "tipo soluzione",
            "solution type",
            "result",
            "risultato",
        ],
    ),
    ("place", &["sede", "location", "luogo", "zona", "quartiere", "site"]),
    (
        "satisfaction",
        &["soddisfazione", "satisfaction", "csat", "survey result", "gradimento", "valutazione"],
    ),
    ("gate", &["sportello", "counter"]),
    ("device", &["dispositivo", "device"]),
];
const BODIES: &[&str] = &[
    "ente",
    "entita",
    "entity",
    "comune",
    "organizzazione",
    "organization",
    "organisation",
    "azienda",
    "company",
    "amministrazione",
    "ente richiedente",
    "ente di appartenenza",
    "organization name",
    "body",
    "municipality",
];
const SERVICES: &[&str] = &[
    "servizio",
    "service",
    "applicativo",
    "applicazione",
    "application",
    "business service",
    "sistema",
    "prodotto",
    "product",
    "configuration item",
    "servizio online",
];

/// What the name of a column that holds no times says.
pub(crate) fn of_words(name: &str) -> Says {
    let name = plain(name);
    let name = name.as_str();
    if let Some(rank) = IDENTIFIERS.iter().position(|one| *one == name) {
        return Says::Identifier(rank as u8);
    }
    if let Some(rank) = numbered(name) {
        return Says::Identifier(rank);
    }
    if matches!(
        name,
        "evento" | "event" | "azione" | "action" | "passaggio" | "activity" | "attivita" | "cambio di stato"
    ) {
        return Says::Event;
    }
    if matches!(
        name,
        "importo" | "amount" | "euro" | "importo euro" | "costo" | "cost" | "prezzo" | "totale euro"
    ) {
        return Says::Amount;
    }
    if matches!(name, "mese" | "month" | "periodo" | "period") {
        return Says::Month;
    }
    if QUEUES.iter().any(|word| has(name, word)) {
        return Says::Dimension("queue");
    }
    if let Some((dimension, _)) = DIMENSIONS.iter().find(|(_, names)| names.contains(&name)) {
        return Says::Dimension(dimension);
    }
    if BODIES.contains(&name) {
        return Says::Body;
    }
    if SERVICES.contains(&name) {
        return Says::Service;
    }
    const TOLD: &[&str] =
        &["descrizione", "description", "oggetto", "testo", "messaggio", "note", "commento", "problema"];
    let first = name.split(' ').next().unwrap_or_default();
    if FREE_TEXTS.contains(&name) || TOLD.contains(&first) {
        return Says::FreeText;
    }
    if PERSONS.iter().any(|word| whole_words(name, word)) {
        return Says::Person;
    }
    let quantities = [
        "quantita",
        "quantity",
        "numero di",
        "n di",
        "accessi",
        "conteggio",
        "count",
        "visite",
        "operazioni",
        "chiamate",
        "prestiti",
        "ingressi",
        "numero",
        "totale",
        "utilizzi",
    ];
    if quantities.iter().any(|word| has(name, word)) {
        return Says::Quantity;
    }
    Says::Nothing
}

/// The number of something that is a case, as `n segnalazione`, `num pratica`, `codice della richiesta`: its rank.
fn numbered(name: &str) -> Option<u8> {
    const NUMBERS: &[&str] = &["n", "nr", "no", "num", "numero", "number", "cod", "codice", "id", "rif"];
    const CASES: &[&str] = &[
        "ticket",
        "segnalazione",
        "richiesta",
        "pratica",
        "intervento",
        "caso",
        "protocollo",
        "chiamata",
        "reclamo",
        "incident",
        "case",
        "request",
        "issue",
    ];
    let (first, rest) = name.split_once(' ')?;
    let last = rest.rsplit(' ').next()?;
    let is_small = |word: &str| matches!(word, "di" | "della" | "del" | "of" | "the");
    let small_between = rest.split(' ').filter(|word| *word != last).all(is_small);
    (NUMBERS.contains(&first) && CASES.contains(&last) && small_between).then_some(IDENTIFIERS.len() as u8)
}

/// Whether words stand in a name as whole words.
fn whole_words(name: &str, words: &str) -> bool {
    let padded = format!(" {name} ");
    padded.contains(&format!(" {words} "))
}

/// The event that a word of a log of events means, if it is a known one.
pub(crate) fn event_of(word: &str) -> Option<&'static str> {
    const EVENTS: &[(&str, &[&str])] = &[
        ("reopened", &["riapert", "reopen"]),
        (
            "opened",
            &[
                "apert",
                "nuov",
                "creat",
                "inserit",
                "ricevut",
                "opened",
                "open",
                "new",
                "created",
                "submitted",
                "registrat",
            ],
        ),
        (
            "taken-in-charge",
            &[
                "preso in carico",
                "presa in carico",
                "in carico",
                "acknowledg",
                "accettat",
                "in lavorazione",
                "in progress",
                "work in progress",
                "processing",
            ],
        ),
        ("assigned", &["assegnat", "assigned", "riassegnat", "smistat"]),
        ("replied", &["rispost", "replied", "first response", "answered"]),
        ("suspended", &["sospes", "in attesa", "suspended", "pending", "on hold", "waiting"]),
        ("resumed", &["ripres", "resumed"]),
        ("solved", &["risolt", "resolved", "solved", "evas", "completat", "completed", "fixed"]),
        ("closed", &["chius", "closed"]),
        ("cancelled", &["annullat", "cancel", "respint", "rejected"]),
    ];
    let word = plain(word);
    EVENTS.iter().find(|(_, starts)| starts.iter().any(|start| has(&word, start))).map(|(event, _)| *event)
}
