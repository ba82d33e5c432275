//! The kinds of questions, and the part of the statement that answers each.

use std::fmt;

/// What a row asks, or answers; its number in the statement is its place in the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// The code of an environment.
    Environment,
    /// Whether a user is attached.
    Bearer,
    /// The attached user with an id.
    UserById,
    /// The attached user with an address.
    UserByAddress,
    /// Whether the license or its policy holds an entitlement.
    Entitlement,
    /// The machine with an id.
    Machine,
    /// The machine with a fingerprint.
    Fingerprint,
    /// What the machines of a user amount to, and those without an owner.
    Tally,
    /// Whether a component is on a machine.
    Component,
    /// The processes on the machine with an id.
    MachineProcesses,
    /// The processes on the machine with a fingerprint.
    FingerprintProcesses,
    /// All processes of the license.
    LicenseProcesses,
    /// The processes on the machines of a user, and on those without an owner.
    OwnedProcesses,
    /// The release of a file with a checksum.
    Checksum,
    /// The release with a version.
    Version,
}

/// The cells of an answer besides its number and kind. Branches of a union agree on them.
struct Cells {
    code: &'static str,
    id: &'static str,
    owner: &'static str,
    created: &'static str,
    last: &'static str,
    tally: [&'static str; 4],
    running: &'static str,
    max: &'static str,
}

impl fmt::Display for Cells {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            code,
            id,
            owner,
            created,
            last,
            tally: [machines, cores, memory, disk],
            running,
            max,
        } = self;
        write!(
            f,
            "{code} AS code, {id} AS m_id, {owner} AS m_owner_id, {created} AS m_created_at, \
             {last} AS m_last_at, {owner} AS t_owner_id, \
             {machines} AS t_machines, {cores} AS t_cores, {memory} AS t_memory, {disk} AS t_disk, \
             {id} AS p_id, {owner} AS p_owner_id, {running} AS p_running, {max} AS p_max"
        )
    }
}

const NOTHING: Cells = Cells {
    code: "CAST(NULL AS text)",
    id: "CAST(NULL AS uuid)",
    owner: "CAST(NULL AS uuid)",
    created: "CAST(NULL AS timestamptz)",
    last: "CAST(NULL AS timestamptz)",
    tally: ["CAST(NULL AS bigint)"; 4],
    running: "CAST(NULL AS bigint)",
    max: "CAST(NULL AS bigint)",
};

const PULSE: Cells = Cells {
    id: "machines.id",
    owner: "machines.owner_id",
    created: "machines.created_at",
    last: "heartbeats.last_at",
    ..NOTHING
};

/// A machine's processes, counted by `machine_processes_pid`.
const RUNNING: Cells = Cells {
    id: "machines.id",
    running: "CAST((SELECT count(*) FROM machine_processes \
        WHERE machine_processes.machine_id = machines.id) AS bigint)",
    max: "machines.max_processes",
    ..NOTHING
};

/// The version of a release.
const SHIPPED: Cells = Cells {
    code: "releases.version",
    ..NOTHING
};

/// What a release is looked for with.
macro_rules! license_and_policy {
    () => {
        "JOIN licenses ON licenses.id = q.license_id \
         JOIN policies ON policies.id = licenses.policy_id \
         JOIN products ON products.id = licenses.product_id "
    };
}

/// Whether the release `found` is published, of the license's product and given by the license, or
/// by an open product without conditions (licensing §5.5). A license whose expiry takes everything
/// is told so before anybody looks for releases.
macro_rules! accessible {
    () => {
        "found.product_id = licenses.product_id AND found.status = 'PUBLISHED' \
         AND (products.distribution_strategy IS NULL \
         OR products.distribution_strategy <> 'CLOSED') \
         AND ((products.distribution_strategy = 'OPEN' AND NOT EXISTS (SELECT 1 \
         FROM release_constraints WHERE release_constraints.release_id = found.id)) \
         OR ((licenses.expiry IS NULL \
         OR policies.expiration_strategy IN ('ALLOW_ACCESS', 'REVOKE_ACCESS') \
         OR found.created_at <= licenses.expiry OR found.backdated_at <= licenses.expiry) \
         AND NOT EXISTS (SELECT 1 FROM release_constraints \
         WHERE release_constraints.release_id = found.id \
         AND release_constraints.entitlement_id NOT IN (SELECT entitlement_id \
         FROM license_entitlements WHERE license_id = licenses.id) \
         AND release_constraints.entitlement_id NOT IN (SELECT entitlement_id \
         FROM policy_entitlements WHERE policy_id = licenses.policy_id))))"
    };
}

impl Kind {
    pub const ALL: [Self; 15] = [
        Self::Environment,
        Self::Bearer,
        Self::UserById,
        Self::UserByAddress,
        Self::Entitlement,
        Self::Machine,
        Self::Fingerprint,
        Self::Tally,
        Self::Component,
        Self::MachineProcesses,
        Self::FingerprintProcesses,
        Self::LicenseProcesses,
        Self::OwnedProcesses,
        Self::Checksum,
        Self::Version,
    ];

    /// The `SELECT` that answers the questions of this kind in the table `q`.
    pub fn branch(self) -> String {
        let (cells, joins, condition) = self.parts();
        let kind = self as u8;
        let group = match self {
            Self::Tally | Self::OwnedProcesses => " GROUP BY q.n, machines.owner_id",
            Self::LicenseProcesses => " GROUP BY q.n",
            _ => "",
        };
        format!(
            "SELECT q.n AS n, CAST({kind} AS bigint) AS kind, {cells} FROM q {joins} \
             WHERE q.kind = {kind} AND {condition}{group}"
        )
    }

    /// The cells, the joins from `q` with their indexes, and a condition besides.
    fn parts(self) -> (Cells, &'static str, &'static str) {
        match self {
            Self::Environment => (
                Cells {
                    code: "environments.code",
                    ..NOTHING
                },
                "JOIN environments ON environments.id = q.id",
                "1 = 1",
            ),
            // `license_users_once`.
            Self::Bearer | Self::UserById => (
                Cells {
                    id: "lu.user_id",
                    ..NOTHING
                },
                "JOIN license_users lu ON lu.license_id = q.license_id AND lu.user_id = q.id",
                "1 = 1",
            ),
            // `users_email`, then `license_users_once`: in a subquery, so that neither all users
            // of a license nor all licenses of a user are read.
            Self::UserByAddress => (
                Cells {
                    id: "users.id",
                    ..NOTHING
                },
                "JOIN licenses ON licenses.id = q.license_id \
                 JOIN users ON users.account_id = licenses.account_id AND users.email = q.text",
                "(SELECT lu.id FROM license_users lu \
                 WHERE lu.license_id = q.license_id AND lu.user_id = users.id) IS NOT NULL",
            ),
            // `license_entitlements_once` and `policy_entitlements_once`, by their first column.
            // Not `EXISTS`, which a planner may answer from a hash of the whole table.
            Self::Entitlement => (
                NOTHING,
                "",
                "coalesce((SELECT held.id FROM license_entitlements held \
                 JOIN entitlements ON entitlements.id = held.entitlement_id \
                 WHERE held.license_id = q.license_id AND entitlements.code = q.text LIMIT 1), \
                 (SELECT held.id FROM policy_entitlements held \
                 JOIN entitlements ON entitlements.id = held.entitlement_id \
                 WHERE held.policy_id = q.id AND entitlements.code = q.text LIMIT 1)) IS NOT NULL",
            ),
            Self::Machine => (
                PULSE,
                "JOIN machines ON machines.id = q.id AND machines.license_id = q.license_id \
                 LEFT JOIN heartbeats ON heartbeats.machine_id = machines.id",
                "1 = 1",
            ),
            // `machines_fingerprint`.
            Self::Fingerprint => (
                PULSE,
                "JOIN machines ON machines.license_id = q.license_id \
                 AND machines.fingerprint_digest = q.digest \
                 LEFT JOIN heartbeats ON heartbeats.machine_id = machines.id",
                "1 = 1",
            ),
            // `machines_fingerprint`, by its first column.
            Self::Tally => (
                Cells {
                    owner: "machines.owner_id",
                    tally: [
                        "CAST(count(*) AS bigint)",
                        "CAST(sum(coalesce(machines.cores, 0)) AS bigint)",
                        "CAST(sum(coalesce(machines.memory, 0)) AS bigint)",
                        "CAST(sum(coalesce(machines.disk, 0)) AS bigint)",
                    ],
                    ..NOTHING
                },
                "JOIN machines ON machines.license_id = q.license_id \
                 LEFT JOIN users ON users.id = machines.owner_id",
                "(machines.owner_id IS NULL OR machines.owner_id = q.id OR users.email = q.text)",
            ),
            // `machine_components_fingerprint`.
            Self::Component => (
                NOTHING,
                "JOIN machine_components ON machine_components.machine_id = q.id \
                 AND machine_components.fingerprint_digest = q.digest",
                "1 = 1",
            ),
            Self::MachineProcesses => (
                RUNNING,
                "JOIN machines ON machines.id = q.id AND machines.license_id = q.license_id",
                "1 = 1",
            ),
            // `machines_fingerprint`.
            Self::FingerprintProcesses => (
                RUNNING,
                "JOIN machines ON machines.license_id = q.license_id \
                 AND machines.fingerprint_digest = q.digest",
                "1 = 1",
            ),
            // `machines_fingerprint` and `machine_processes_pid`, by their first columns.
            Self::LicenseProcesses => (
                Cells {
                    running: "CAST(count(*) AS bigint)",
                    ..NOTHING
                },
                "JOIN machines ON machines.license_id = q.license_id \
                 JOIN machine_processes ON machine_processes.machine_id = machines.id",
                "1 = 1",
            ),
            // `release_artifacts_by_checksum`, then the release's primary key.
            Self::Checksum => (
                SHIPPED,
                concat!(
                    license_and_policy!(),
                    "JOIN releases ON releases.id = (SELECT found.id FROM release_artifacts \
                     JOIN releases found ON found.id = release_artifacts.release_id \
                     WHERE release_artifacts.account_id = licenses.account_id \
                     AND release_artifacts.checksum = q.text \
                     AND release_artifacts.status = 'UPLOADED' AND ",
                    accessible!(),
                    " ORDER BY found.version_major DESC, found.version_minor DESC, \
                     found.version_patch DESC, found.pre_word DESC NULLS FIRST, \
                     found.pre_num DESC NULLS LAST, found.build_word DESC NULLS LAST, \
                     found.build_num DESC NULLS LAST, release_artifacts.created_at DESC, \
                     release_artifacts.id DESC LIMIT 1)",
                ),
                "1 = 1",
            ),
            // `releases_by_version`.
            Self::Version => (
                SHIPPED,
                concat!(
                    license_and_policy!(),
                    "JOIN releases ON releases.id = (SELECT found.id FROM releases found \
                     WHERE found.account_id = licenses.account_id AND found.version = q.text \
                     AND ",
                    accessible!(),
                    " LIMIT 1)",
                ),
                "1 = 1",
            ),
            Self::OwnedProcesses => (
                Cells {
                    owner: "machines.owner_id",
                    running: "CAST(count(*) AS bigint)",
                    ..NOTHING
                },
                "JOIN machines ON machines.license_id = q.license_id \
                 JOIN machine_processes ON machine_processes.machine_id = machines.id \
                 LEFT JOIN users ON users.id = machines.owner_id",
                "(machines.owner_id IS NULL OR machines.owner_id = q.id OR users.email = q.text)",
            ),
        }
    }
}
