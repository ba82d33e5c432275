//! What a scope asks of a license besides itself: one statement for all that are asked together.

mod kinds;

use keystead_domain::{EnvironmentId, LicenseId, MachineId, PolicyId, UserId};
use sea_orm::{ConnectionTrait, FromQueryResult, QueryResult};
use uuid::Uuid;

use self::kinds::Kind;
use super::validation::Pulse;
use crate::dialect::{Column, Rows};
use crate::{Db, Result};

/// What one validation wants to know of a license.
#[derive(Clone, Debug, PartialEq)]
pub struct Questions {
    /// The license.
    pub license: LicenseId,
    /// The license's policy.
    pub policy: PolicyId,
    /// An environment whose code is wanted.
    pub environment: Option<EnvironmentId>,
    /// A user who may be attached to the license.
    pub bearer: Option<UserId>,
    /// The id or address of a user who may be attached to the license.
    pub user: Option<String>,
    /// Codes of entitlements that the license may hold, each once.
    pub entitlements: Vec<String>,
    /// A machine that may belong to the license.
    pub machine: Option<MachineId>,
    /// The SHA-256 of fingerprints that machines of the license may have, each once.
    pub fingerprints: Vec<[u8; 32]>,
    /// The machine that components are looked for on, and the SHA-256 of their fingerprints, each
    /// once.
    pub components: Option<(MachineId, Vec<[u8; 32]>)>,
    /// Whose machines are to be counted.
    pub tally: Option<Tallied>,
    /// Which processes are to be counted.
    pub processes: Option<Running>,
    /// The checksum of a file that the license may have.
    pub checksum: Option<String>,
    /// The version of a release that the license may have.
    pub version: Option<String>,
}

/// Which processes are counted.
#[derive(Clone, Debug, PartialEq)]
pub enum Running {
    /// Those on the machines with an id or one of the fingerprints, machine by machine.
    Machines(Option<MachineId>, Vec<[u8; 32]>),
    /// All of the license's.
    License,
    /// Those on machines of a user, by id or address, and on machines without an owner.
    Owned(Tallied),
}

/// Whose machines are counted, besides those without an owner.
#[derive(Clone, Debug, PartialEq)]
pub enum Tallied {
    /// Nobody's.
    Ownerless,
    /// A user's, by id or address.
    User(String),
}

/// What was found.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Answers {
    /// The environment's code.
    pub environment_code: Option<String>,
    /// Whether `bearer` is attached to the license.
    pub bearer_attached: bool,
    /// The attached user that `user` names.
    pub user: Option<UserId>,
    /// How many of the codes the license holds, by itself or through its policy.
    pub entitlements: usize,
    /// The machine.
    pub machine: Option<Pulse>,
    /// The machines with the fingerprints.
    pub machines: Vec<Pulse>,
    /// How many of the components are on the machine.
    pub components: usize,
    /// What the machines of each owner amount to.
    pub tallies: Vec<OwnerTally>,
    /// How many processes run, machine by machine, owner by owner, or all in one.
    pub processes: Vec<ProcessTally>,
    /// The version of the release that the file with the checksum is of; the highest of several.
    pub checksum: Option<String>,
    /// The version, when there is such a release.
    pub version: Option<String>,
}

/// How many processes run in one bucket.
#[derive(Clone, Copy, Debug, Default, PartialEq, FromQueryResult)]
pub struct ProcessTally {
    /// The machine, where they are counted by machine.
    pub id: Option<MachineId>,
    /// The machines' owner, where they are counted by owner.
    pub owner_id: Option<UserId>,
    /// How many run.
    pub running: i64,
    /// How many the machine itself lets run.
    pub max: Option<i64>,
}

/// What the machines of one owner, or those without one, amount to.
#[derive(Clone, Copy, Debug, Default, PartialEq, FromQueryResult)]
pub struct OwnerTally {
    /// The owner.
    pub owner_id: Option<UserId>,
    /// Machines.
    pub machines: i64,
    /// Their cores.
    pub cores: i64,
    /// Their memory, in bytes.
    pub memory: i64,
    /// Their disk, in bytes.
    pub disk: i64,
}

impl Questions {
    /// Whether nothing is asked.
    pub fn is_empty(&self) -> bool {
        self.environment.is_none()
            && self.bearer.is_none()
            && self.user.is_none()
            && self.entitlements.is_empty()
            && self.machine.is_none()
            && self.fingerprints.is_empty()
            && self.components.is_none()
            && self.tally.is_none()
            && self.processes.is_none()
            && self.checksum.is_none()
            && self.version.is_none()
    }

    fn ask(self, n: i64, table: &mut Table) {
        let license = self.license;
        let mut ask = |question| table.push(n, license, question);
        if let Some(id) = self.environment {
            ask(Question::id(Kind::Environment, id.0));
        }
        if let Some(id) = self.bearer {
            ask(Question::id(Kind::Bearer, id.0));
        }
        if let Some(user) = self.user {
            ask(match Uuid::parse_str(&user) {
                Ok(id) => Question::id(Kind::UserById, id),
                Err(_) => Question::text(Kind::UserByAddress, user),
            });
        }
        for code in self.entitlements {
            ask(Question {
                id: self.policy.0,
                ..Question::text(Kind::Entitlement, code)
            });
        }
        if let Some(id) = self.machine {
            ask(Question::id(Kind::Machine, id.0));
        }
        for digest in self.fingerprints {
            ask(Question::digest(Kind::Fingerprint, digest));
        }
        if let Some((machine, digests)) = self.components {
            for digest in digests {
                ask(Question {
                    id: machine.0,
                    ..Question::digest(Kind::Component, digest)
                });
            }
        }
        if let Some(whose) = self.tally {
            ask(Question::owned(Kind::Tally, whose));
        }
        if let Some(checksum) = self.checksum {
            ask(Question::text(Kind::Checksum, checksum));
        }
        if let Some(version) = self.version {
            ask(Question::text(Kind::Version, version));
        }
        match self.processes {
            None => {}
            Some(Running::License) => ask(Question::new(Kind::LicenseProcesses)),
            Some(Running::Owned(whose)) => ask(Question::owned(Kind::OwnedProcesses, whose)),
            Some(Running::Machines(id, digests)) => {
                if let Some(id) = id {
                    ask(Question::id(Kind::MachineProcesses, id.0));
                }
                for digest in digests {
                    ask(Question::digest(Kind::FingerprintProcesses, digest));
                }
            }
        }
    }
}

/// The answers to many validations' questions, in order.
///
/// # Errors
/// When the database fails.
pub async fn facts(db: &Db, wanted: Vec<Questions>) -> Result<Vec<Answers>> {
    let mut answers = vec![Answers::default(); wanted.len()];
    let mut table = Table::default();
    for (n, questions) in (0..).zip(wanted) {
        questions.ask(n, &mut table);
    }
    if table.kinds.is_empty() {
        return Ok(answers);
    }
    // Only the branches that are asked for, in the list's order: few texts to prepare.
    let branches: Vec<_> = Kind::ALL
        .iter()
        .filter(|kind| table.kinds.contains(&(**kind as i64)))
        .map(|kind| kind.branch())
        .collect();
    let rows = table.rows();
    let sql = format!(
        "WITH q AS (SELECT * FROM {}) {}",
        rows.sql(db.dialect(), 1),
        branches.join(" UNION ALL ")
    );
    for row in db
        .query_all_raw(db.statement(sql, rows.values(db.dialect())))
        .await?
    {
        let n: i64 = row.try_get("", "n")?;
        if let Some(answer) = usize::try_from(n).ok().and_then(|n| answers.get_mut(n)) {
            answer.take(&row)?;
        }
    }
    Ok(answers)
}

impl Answers {
    fn take(&mut self, row: &QueryResult) -> Result<()> {
        let kind: i64 = row.try_get("", "kind")?;
        match Kind::ALL
            .iter()
            .copied()
            .find(|known| *known as i64 == kind)
        {
            Some(Kind::Environment) => self.environment_code = row.try_get("", "code")?,
            Some(Kind::Bearer) => self.bearer_attached = true,
            Some(Kind::UserById | Kind::UserByAddress) => self.user = row.try_get("", "m_id")?,
            Some(Kind::Entitlement) => self.entitlements += 1,
            Some(Kind::Machine) => self.machine = Some(Pulse::from_query_result(row, "m_")?),
            Some(Kind::Fingerprint) => self.machines.push(Pulse::from_query_result(row, "m_")?),
            Some(Kind::Component) => self.components += 1,
            Some(Kind::Checksum) => self.checksum = row.try_get("", "code")?,
            Some(Kind::Version) => self.version = row.try_get("", "code")?,
            Some(
                Kind::MachineProcesses
                | Kind::FingerprintProcesses
                | Kind::LicenseProcesses
                | Kind::OwnedProcesses,
            ) => self
                .processes
                .push(ProcessTally::from_query_result(row, "p_")?),
            Some(Kind::Tally) => self.tallies.push(OwnerTally::from_query_result(row, "t_")?),
            None => {}
        }
        Ok(())
    }
}

/// One row of the statement's questions.
struct Question {
    kind: Kind,
    id: Uuid,
    text: String,
    digest: Vec<u8>,
}

impl Question {
    /// A question without an operand: no record has this id, this address or this digest.
    fn new(kind: Kind) -> Self {
        Self {
            kind,
            id: Uuid::nil(),
            text: String::new(),
            digest: Vec::new(),
        }
    }

    fn id(kind: Kind, id: Uuid) -> Self {
        Self {
            id,
            ..Self::new(kind)
        }
    }

    fn text(kind: Kind, text: String) -> Self {
        Self {
            text,
            ..Self::new(kind)
        }
    }

    fn digest(kind: Kind, digest: [u8; 32]) -> Self {
        Self {
            digest: digest.to_vec(),
            ..Self::new(kind)
        }
    }

    /// A question about the machines of a user, and those without an owner.
    fn owned(kind: Kind, whose: Tallied) -> Self {
        match whose {
            Tallied::Ownerless => Self::new(kind),
            Tallied::User(user) => match Uuid::parse_str(&user) {
                Ok(id) => Self::id(kind, id),
                Err(_) => Self::text(kind, user),
            },
        }
    }
}

/// The statement's questions, column by column.
#[derive(Default)]
struct Table {
    numbers: Vec<i64>,
    kinds: Vec<i64>,
    licenses: Vec<Uuid>,
    ids: Vec<Uuid>,
    texts: Vec<String>,
    digests: Vec<Vec<u8>>,
}

impl Table {
    fn push(&mut self, n: i64, license: LicenseId, question: Question) {
        self.numbers.push(n);
        self.kinds.push(question.kind as i64);
        self.licenses.push(license.0);
        self.ids.push(question.id);
        self.texts.push(question.text);
        self.digests.push(question.digest);
    }

    fn rows(self) -> Rows {
        Rows::new(
            "v",
            vec![
                ("n", Column::Ints(self.numbers)),
                ("kind", Column::Ints(self.kinds)),
                ("license_id", Column::Uuids(self.licenses)),
                ("id", Column::Uuids(self.ids)),
                ("text", Column::Texts(self.texts)),
                ("digest", Column::Bytes(self.digests)),
            ],
        )
    }
}
