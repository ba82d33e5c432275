//! The closed lists of the contract, each with its one spelling.
//!
//! Meanings: licensing reference §2.3; identity reference §14.1, §15, §16.

/// A member of a closed list, with its one spelling.
pub trait Word: Copy + 'static {
    /// The word's spelling on the wire and in the database.
    fn as_str(self) -> &'static str;
    /// The word spelled `text`, if it is one of the list.
    fn parse(text: &str) -> Option<Self>;
    /// Every word of the list, in its order of declaration.
    fn all() -> &'static [Self];
}

words! {
    /// How a user may act. Spelled with dashes on the wire.
    UserRole {
        Admin = "admin",
        Developer = "developer",
        SalesAgent = "sales-agent",
        SupportAgent = "support-agent",
        ReadOnly = "read-only",
        User = "user",
    }

    /// Whether an environment sees the global records too.
    IsolationStrategy {
        Isolated = "ISOLATED",
        Shared = "SHARED",
    }

    /// Who may get a product's releases.
    DistributionStrategy {
        Licensed = "LICENSED",
        Open = "OPEN",
        Closed = "CLOSED",
    }

    /// What may be done with a release (distribution §1.5).
    ReleaseStatus {
        Draft = "DRAFT",
        Published = "PUBLISHED",
        Yanked = "YANKED",
    }

    /// What a new release may be at once.
    NewReleaseStatus {
        Draft = "DRAFT",
        Published = "PUBLISHED",
    }

    /// How finished a release is. The first four are a ladder: who takes one takes those before.
    ReleaseChannel {
        Stable = "stable",
        Rc = "rc",
        Beta = "beta",
        Alpha = "alpha",
        Dev = "dev",
    }

    /// How far a release's file has come (distribution §2.3).
    ArtifactStatus {
        Waiting = "WAITING",
        Processing = "PROCESSING",
        Uploaded = "UPLOADED",
        Failed = "FAILED",
        Yanked = "YANKED",
    }

    /// Whose clients a package's releases are served to, besides the API's own.
    Engine {
        Pypi = "pypi",
        Tauri = "tauri",
        Raw = "raw",
        Rubygems = "rubygems",
        Npm = "npm",
        Oci = "oci",
    }

    /// What releases and their files are told apart by.
    FacetKind {
        Platform = "platform",
        Arch = "arch",
        Channel = "channel",
        Filetype = "filetype",
        Engine = "engine",
    }

    /// Where a machine's fingerprint must be unique, besides its license.
    MachineUniquenessStrategy {
        UniquePerAccount = "UNIQUE_PER_ACCOUNT",
        UniquePerProduct = "UNIQUE_PER_PRODUCT",
        UniquePerPolicy = "UNIQUE_PER_POLICY",
        UniquePerLicense = "UNIQUE_PER_LICENSE",
    }

    /// Where a component's fingerprint must be unique, besides its machine.
    ComponentUniquenessStrategy {
        UniquePerAccount = "UNIQUE_PER_ACCOUNT",
        UniquePerProduct = "UNIQUE_PER_PRODUCT",
        UniquePerPolicy = "UNIQUE_PER_POLICY",
        UniquePerLicense = "UNIQUE_PER_LICENSE",
        UniquePerMachine = "UNIQUE_PER_MACHINE",
    }

    /// How many of the given fingerprints must match.
    MatchingStrategy {
        MatchAny = "MATCH_ANY",
        MatchTwo = "MATCH_TWO",
        MatchMost = "MATCH_MOST",
        MatchAll = "MATCH_ALL",
    }

    /// What expiry takes away.
    ExpirationStrategy {
        RestrictAccess = "RESTRICT_ACCESS",
        RevokeAccess = "REVOKE_ACCESS",
        MaintainAccess = "MAINTAIN_ACCESS",
        AllowAccess = "ALLOW_ACCESS",
    }

    /// The moment a license's term starts.
    ExpirationBasis {
        FromCreation = "FROM_CREATION",
        FromFirstValidation = "FROM_FIRST_VALIDATION",
        FromFirstActivation = "FROM_FIRST_ACTIVATION",
        FromFirstDownload = "FROM_FIRST_DOWNLOAD",
        FromFirstUse = "FROM_FIRST_USE",
    }

    /// The moment a renewal counts from.
    RenewalBasis {
        FromExpiry = "FROM_EXPIRY",
        FromNow = "FROM_NOW",
        FromNowIfExpired = "FROM_NOW_IF_EXPIRED",
    }

    /// What a transfer to another policy does to the expiry.
    TransferStrategy {
        KeepExpiry = "KEEP_EXPIRY",
        ResetExpiry = "RESET_EXPIRY",
    }

    /// How a license may authenticate.
    AuthenticationStrategy {
        Token = "TOKEN",
        License = "LICENSE",
        Session = "SESSION",
        Mixed = "MIXED",
        None = "NONE",
    }

    /// The pool that machines, cores, memory and disk are counted in.
    MachineLeasingStrategy {
        PerLicense = "PER_LICENSE",
        PerUser = "PER_USER",
    }

    /// The pool that processes are counted in.
    ProcessLeasingStrategy {
        PerLicense = "PER_LICENSE",
        PerMachine = "PER_MACHINE",
        PerUser = "PER_USER",
    }

    /// How far a limit may be exceeded.
    OverageStrategy {
        AlwaysAllowOverage = "ALWAYS_ALLOW_OVERAGE",
        Allow1_25xOverage = "ALLOW_1_25X_OVERAGE",
        Allow1_5xOverage = "ALLOW_1_5X_OVERAGE",
        Allow2xOverage = "ALLOW_2X_OVERAGE",
        NoOverage = "NO_OVERAGE",
    }

    /// Whether a dead machine or process is removed.
    HeartbeatCullStrategy {
        DeactivateDead = "DEACTIVATE_DEAD",
        KeepDead = "KEEP_DEAD",
    }

    /// How long after its death a machine may be revived by a ping.
    HeartbeatResurrectionStrategy {
        AlwaysRevive = "ALWAYS_REVIVE",
        Revive15Minutes = "15_MINUTE_REVIVE",
        Revive10Minutes = "10_MINUTE_REVIVE",
        Revive5Minutes = "5_MINUTE_REVIVE",
        Revive2Minutes = "2_MINUTE_REVIVE",
        Revive1Minute = "1_MINUTE_REVIVE",
        NoRevive = "NO_REVIVE",
    }

    /// When a machine's heart starts beating.
    HeartbeatBasis {
        FromCreation = "FROM_CREATION",
        FromFirstPing = "FROM_FIRST_PING",
    }

    /// The calendar unit of a check-in interval.
    CheckInInterval {
        Day = "day",
        Week = "week",
        Month = "month",
        Year = "year",
    }

    /// How a license's key is made.
    Scheme {
        LegacyEncrypt = "LEGACY_ENCRYPT",
        Rsa2048Pkcs1Encrypt = "RSA_2048_PKCS1_ENCRYPT",
        Rsa2048Pkcs1Sign = "RSA_2048_PKCS1_SIGN",
        Rsa2048Pkcs1PssSign = "RSA_2048_PKCS1_PSS_SIGN",
        Rsa2048JwtRs256 = "RSA_2048_JWT_RS256",
        Rsa2048Pkcs1SignV2 = "RSA_2048_PKCS1_SIGN_V2",
        Rsa2048Pkcs1PssSignV2 = "RSA_2048_PKCS1_PSS_SIGN_V2",
        Ed25519Sign = "ED25519_SIGN",
        EcdsaP256Sign = "ECDSA_P256_SIGN",
    }

    /// What a license is, at one instant (licensing §3.3).
    LicenseStatus {
        Banned = "BANNED",
        Suspended = "SUSPENDED",
        Expired = "EXPIRED",
        Expiring = "EXPIRING",
        Inactive = "INACTIVE",
        Active = "ACTIVE",
    }

    /// What a user is, at one instant (identity §17.2).
    UserStatus {
        Banned = "BANNED",
        Active = "ACTIVE",
        Inactive = "INACTIVE",
    }

    /// What a heart is doing, at one instant (machines §3).
    HeartbeatStatus {
        NotStarted = "NOT_STARTED",
        Alive = "ALIVE",
        Dead = "DEAD",
        Resurrected = "RESURRECTED",
    }

    /// What became of an event on its way to one receiver (machines §5.3).
    WebhookStatus {
        Delivering = "DELIVERING",
        Delivered = "DELIVERED",
        Failing = "FAILING",
        Failed = "FAILED",
    }

    /// How what is sent to a receiver is signed (machines §5.1).
    WebhookSignatureAlgorithm {
        Ed25519 = "ed25519",
        RsaPssSha256 = "rsa-pss-sha256",
        RsaSha256 = "rsa-sha256",
        EcdsaP256 = "ecdsa-p256",
    }

    /// Who or what presents a credential.
    BearerKind {
        User = "user",
        Product = "product",
        License = "license",
        Environment = "environment",
    }
}
