// Included by `refusal.rs`: the list alone, so that a new code is one line of diff.
#[rustfmt::skip]
codes! {
    // Requests and credentials (identity §7.2, §9.7).
    NotFound                 = "NOT_FOUND",                     "was not found";
    JsonInvalid              = "JSON_INVALID",                  "The request could not be completed because it contains invalid JSON (check formatting/encoding)";
    EncodingInvalid          = "ENCODING_INVALID",              "The request could not be completed because it contains an invalid byte sequence (check encoding)";
    ParametersInvalid        = "PARAMETERS_INVALID",            "The request could not be completed because it contains invalid query parameters (check encoding)";
    UriInvalid               = "URI_INVALID",                   "The request could not be completed because the URI was invalid (please ensure non-URL safe chars are properly encoded)";
    MimeTypeInvalid          = "MIME_TYPE_INVALID",             "The mime type of the request is not acceptable (check content-type and accept headers)";
    HttpMethodInvalid        = "HTTP_METHOD_INVALID",           "The HTTP method for the request is not valid";
    InvalidApiVersion        = "INVALID_API_VERSION",           "unsupported API version requested";
    EnvironmentInvalid       = "ENVIRONMENT_INVALID",           "environment is invalid";
    TooManyRequests          = "TOO_MANY_REQUESTS",             "Throttle limit has been reached for your IP address. Please slow down.";
    TokenMissing             = "TOKEN_MISSING",                 "You must be authenticated to complete the request";
    TokenInvalid             = "TOKEN_INVALID",                 "You must be authenticated to complete the request";
    TokenFormatInvalid       = "TOKEN_FORMAT_INVALID",          "Token format is invalid (make sure that you're providing a token value, not a token's UUID identifier)";
    TokenExpired             = "TOKEN_EXPIRED",                 "Token is expired";
    TokenNotAllowed          = "TOKEN_NOT_ALLOWED",             "Token authentication is not allowed by policy";
    LicenseInvalid           = "LICENSE_INVALID",               "You must be authenticated to complete the request";
    LicenseBanned            = "LICENSE_BANNED",                "License is banned";
    LicenseSuspended         = "LICENSE_SUSPENDED",             "License is suspended";
    LicenseExpired           = "LICENSE_EXPIRED",               "License is expired";
    LicenseNotAllowed        = "LICENSE_NOT_ALLOWED",           "License key authentication is not allowed by policy";
    SessionInvalid           = "SESSION_INVALID",               "You must be authenticated to complete the request";
    SessionExpired           = "SESSION_EXPIRED",               "Session is expired";
    SessionNotAllowed        = "SESSION_NOT_ALLOWED",           "Session authentication is not allowed by policy";
    UserBanned               = "USER_BANNED",                   "User is banned";
    CredentialsInvalid       = "CREDENTIALS_INVALID",           "email and password must be valid";
    EmailRequired            = "EMAIL_REQUIRED",                "email is required";
    EmailInvalid             = "EMAIL_INVALID",                 "email must be valid";
    EmailTaken               = "EMAIL_TAKEN",                   "has already been taken";
    PasswordRequired         = "PASSWORD_REQUIRED",             "password is required";
    PasswordInvalid          = "PASSWORD_INVALID",              "password must be valid";
    PasswordNotSupported     = "PASSWORD_NOT_SUPPORTED",        "password is unsupported";
    PasswordTooShort         = "PASSWORD_TOO_SHORT",            "is too short (minimum is 6 characters)";
    PasswordTooLong          = "PASSWORD_TOO_LONG",             "is too long (maximum is 72 characters)";
    OtpRequired              = "OTP_REQUIRED",                  "second factor is required";
    OtpInvalid               = "OTP_INVALID",                   "second factor must be valid";
    SsoRequired              = "SSO_REQUIRED",                  "single sign on is required";
    SsoNotSupported          = "SSO_NOT_SUPPORTED",             "single sign on is unsupported";

    // Fields shared by many nouns.
    IdConflict               = "ID_CONFLICT",                   "must not conflict with another record";
    NameMissing              = "NAME_MISSING",                  "can't be blank";
    NameTooLong              = "NAME_TOO_LONG",                 "is too long (maximum is 255 characters)";
    FirstNameTooLong         = "FIRST_NAME_TOO_LONG",           "is too long (maximum is 255 characters)";
    LastNameTooLong          = "LAST_NAME_TOO_LONG",            "is too long (maximum is 255 characters)";
    EmailTooLong             = "EMAIL_TOO_LONG",                "is too long (maximum is 255 characters)";
    CodeTaken                = "CODE_TAKEN",                    "has already been taken";
    CodeNotAllowed           = "CODE_NOT_ALLOWED",              "is reserved";
    CodeInvalid              = "CODE_INVALID",                  "is invalid";
    CodeTooLong              = "CODE_TOO_LONG",                 "is too long (maximum is 255 characters)";
    MetadataTooLong          = "METADATA_TOO_LONG",             "too large (exceeded limit of 16384 bytes)";
    PermissionsNotAllowed    = "PERMISSIONS_NOT_ALLOWED",       "unsupported permissions";
    EnvironmentNotAllowed    = "ENVIRONMENT_NOT_ALLOWED",       "is not allowed";
    EnvironmentNotFound      = "ENVIRONMENT_NOT_FOUND",         "must exist";

    // Accounts and users.
    SlugInvalid              = "SLUG_INVALID",                  "can only contain lowercase letters, numbers and dashes (but cannot start with dash)";
    SlugTaken                = "SLUG_TAKEN",                    "has already been taken";
    SlugNotAllowed           = "SLUG_NOT_ALLOWED",              "is reserved";
    SlugTooLong              = "SLUG_TOO_LONG",                 "is too long (maximum is 255 characters)";
    AccountAdminsRequired    = "ACCOUNT_ADMINS_REQUIRED",       "account must have at least 1 admin user";
    RoleNotAllowed           = "ROLE_NOT_ALLOWED",              "unsupported role";
    UserNotFound             = "USER_NOT_FOUND",                "must exist";
    UserTaken                = "USER_TAKEN",                    "already exists";
    UserConflict             = "USER_CONFLICT",                 "already exists (user is attached through owner)";
    GroupNotFound            = "GROUP_NOT_FOUND",               "must exist";
    GroupUserLimitExceeded   = "GROUP_USER_LIMIT_EXCEEDED",     "user count has exceeded maximum allowed by current group";
    GroupLicenseLimitExceeded = "GROUP_LICENSE_LIMIT_EXCEEDED", "license count has exceeded maximum allowed by current group";
    GroupMachineLimitExceeded = "GROUP_MACHINE_LIMIT_EXCEEDED", "machine count has exceeded maximum allowed by current group";
    MaxActivationsInvalid    = "MAX_ACTIVATIONS_INVALID",       "must be greater than or equal to 0";
    MaxDeactivationsInvalid  = "MAX_DEACTIVATIONS_INVALID",     "must be greater than or equal to 0";
    ActivationsLimitExceeded = "ACTIVATIONS_LIMIT_EXCEEDED",    "exceeds maximum allowed";
    DeactivationsLimitExceeded = "DEACTIVATIONS_LIMIT_EXCEEDED", "exceeds maximum allowed";

    ValueNotAllowed          = "VALUE_NOT_ALLOWED",             "must be a valid setting";
    IsolationStrategyNotAllowed = "ISOLATION_STRATEGY_NOT_ALLOWED", "unsupported isolation strategy";

    // Products.
    DistributionStrategyNotAllowed = "DISTRIBUTION_STRATEGY_NOT_ALLOWED", "unsupported distribution strategy";
    UrlInvalid               = "URL_INVALID",                   "must be a valid URL";
    UrlProtocolInvalid       = "URL_PROTOCOL_INVALID",          "must be a valid URL using one of the following protocols: https, http";
    UrlHostInvalid           = "URL_HOST_INVALID",              "must be a URL with a valid host";
    UrlTooLong               = "URL_TOO_LONG",                  "is too long (maximum is 255 characters)";

    // Webhook endpoints (machines §5.1).
    SubscriptionsTooShort    = "SUBSCRIPTIONS_TOO_SHORT",       "must have at least 1 webhook event subscription";
    SubscriptionsNotAllowed  = "SUBSCRIPTIONS_NOT_ALLOWED",     "unsupported webhook event type for subscription";
    SignatureAlgorithmNotAllowed = "SIGNATURE_ALGORITHM_NOT_ALLOWED", "unsupported signature algorithm";

    // Policies (licensing §2).
    ProductNotFound          = "PRODUCT_NOT_FOUND",             "must exist";
    DurationInvalid          = "DURATION_INVALID",              "must be greater than or equal to 86400 (1 day)";
    EncryptedNotSupported    = "ENCRYPTED_NOT_SUPPORTED",       "cannot be encrypted and use a pool";
    SchemeNotSupported       = "SCHEME_NOT_SUPPORTED",          "cannot use a scheme and use a pool";
    SchemeInvalid            = "SCHEME_INVALID",                "must be encrypted when using LEGACY_ENCRYPT scheme";
    SchemeNotAllowed         = "SCHEME_NOT_ALLOWED",            "unsupported signing scheme";
    MaxMachinesInvalid       = "MAX_MACHINES_INVALID",          "must be greater than or equal to 0";
    MaxProcessesInvalid      = "MAX_PROCESSES_INVALID",         "must be greater than 0";
    MaxUsersInvalid          = "MAX_USERS_INVALID",             "must be greater than 0";
    MaxCoresInvalid          = "MAX_CORES_INVALID",             "must be greater than or equal to 1";
    MaxMemoryInvalid         = "MAX_MEMORY_INVALID",            "must be greater than or equal to 1";
    MaxDiskInvalid           = "MAX_DISK_INVALID",              "must be greater than or equal to 1";
    MaxUsesInvalid           = "MAX_USES_INVALID",              "must be greater than or equal to 0";
    MachineUniquenessStrategyNotAllowed = "MACHINE_UNIQUENESS_STRATEGY_NOT_ALLOWED", "unsupported machine uniqueness strategy";
    MachineMatchingStrategyNotAllowed = "MACHINE_MATCHING_STRATEGY_NOT_ALLOWED", "unsupported machine matching strategy";
    ComponentUniquenessStrategyNotAllowed = "COMPONENT_UNIQUENESS_STRATEGY_NOT_ALLOWED", "unsupported component uniqueness strategy";
    ComponentMatchingStrategyNotAllowed = "COMPONENT_MATCHING_STRATEGY_NOT_ALLOWED", "unsupported component matching strategy";
    ExpirationStrategyNotAllowed = "EXPIRATION_STRATEGY_NOT_ALLOWED", "unsupported expiration strategy";
    ExpirationBasisNotAllowed = "EXPIRATION_BASIS_NOT_ALLOWED", "unsupported expiration basis";
    RenewalBasisNotAllowed   = "RENEWAL_BASIS_NOT_ALLOWED",     "unsupported renewal basis";
    TransferStrategyNotAllowed = "TRANSFER_STRATEGY_NOT_ALLOWED", "unsupported transfer strategy";
    AuthenticationStrategyNotAllowed = "AUTHENTICATION_STRATEGY_NOT_ALLOWED", "unsupported authentication strategy";
    MachineLeasingStrategyNotAllowed = "MACHINE_LEASING_STRATEGY_NOT_ALLOWED", "unsupported machine leasing strategy";
    ProcessLeasingStrategyNotAllowed = "PROCESS_LEASING_STRATEGY_NOT_ALLOWED", "unsupported process leasing strategy";
    OverageStrategyNotAllowed = "OVERAGE_STRATEGY_NOT_ALLOWED", "unsupported overage strategy";
    CheckInIntervalNotAllowed = "CHECK_IN_INTERVAL_NOT_ALLOWED", "must be one of: day, week, month, year";
    CheckInIntervalCountNotAllowed = "CHECK_IN_INTERVAL_COUNT_NOT_ALLOWED", "must be a number between 1 and 365 inclusive";
    HeartbeatDurationInvalid = "HEARTBEAT_DURATION_INVALID",    "must be greater than or equal to 60 (1 minute)";
    HeartbeatCullStrategyNotAllowed = "HEARTBEAT_CULL_STRATEGY_NOT_ALLOWED", "unsupported heartbeat cull strategy";
    HeartbeatResurrectionStrategyNotAllowed = "HEARTBEAT_RESURRECTION_STRATEGY_NOT_ALLOWED", "unsupported heartbeat resurrection strategy";
    HeartbeatBasisNotAllowed = "HEARTBEAT_BASIS_NOT_ALLOWED",   "unsupported heartbeat basis";

    // Licenses (licensing §3).
    PolicyNotFound           = "POLICY_NOT_FOUND",              "must exist";
    OwnerNotFound            = "OWNER_NOT_FOUND",               "must exist";
    OwnerInvalid             = "OWNER_INVALID",                 "is invalid";
    KeyTaken                 = "KEY_TAKEN",                     "has already been taken";
    KeyConflict              = "KEY_CONFLICT",                  "must not conflict with another license's identifier (UUID)";
    KeyTooShort              = "KEY_TOO_SHORT",                 "is too short (minimum is 6 characters)";
    KeyTooLong               = "KEY_TOO_LONG",                  "is too long (maximum is 16384 characters)";
    KeyNotAllowed            = "KEY_NOT_ALLOWED",               "is reserved";
    KeyNotSupported          = "KEY_NOT_SUPPORTED",             "cannot be specified for a legacy encrypted license";
    KeyByteSizeExceeded      = "KEY_BYTE_SIZE_EXCEEDED",        "key exceeds maximum byte length (max size of 245 bytes)";
    KeyJwtClaimsInvalid      = "KEY_JWT_CLAIMS_INVALID",        "key is not a valid JWT claims payload (must be a valid JSON encoded string)";
    PolicyPoolEmpty          = "POLICY_POOL_EMPTY",             "pool is empty";
    PolicyNotCompatible      = "POLICY_NOT_COMPATIBLE",         "cannot change to a policy with a different scheme";
    UserLimitExceeded        = "USER_LIMIT_EXCEEDED",           "user count has exceeded maximum allowed for license";
    UsesLimitExceeded        = "USES_LIMIT_EXCEEDED",           "usage exceeds maximum allowed for license";
    UsesInvalid              = "USES_INVALID",                  "must be greater than or equal to 0";

    // Pooled keys and entitlements (licensing §8).
    PolicyNotSupported       = "POLICY_NOT_SUPPORTED",          "cannot be added to an unpooled policy";
    CodeMissing              = "CODE_MISSING",                  "can't be blank";
    EntitlementNotFound      = "ENTITLEMENT_NOT_FOUND",         "must exist";
    EntitlementTaken         = "ENTITLEMENT_TAKEN",             "already exists";
    EntitlementConflict      = "ENTITLEMENT_CONFLICT",          "already exists (entitlement is attached through policy)";

    // Releases and packages (distribution §1.4, §3).
    DescriptionTooLong       = "DESCRIPTION_TOO_LONG",          "is too long (maximum is 16384 characters)";
    TagTooLong               = "TAG_TOO_LONG",                  "is too long (maximum is 255 characters)";
    TagNotAllowed            = "TAG_NOT_ALLOWED",               "is reserved";
    TagTaken                 = "TAG_TAKEN",                     "tag already exists";
    VersionInvalid           = "VERSION_INVALID",               "must be a valid version";
    VersionChannelInvalid    = "VERSION_CHANNEL_INVALID",       "version does not match channel";
    VersionTaken             = "VERSION_TAKEN",                 "version already exists";
    BackdatedInvalid         = "BACKDATED_INVALID",             "must be in the past";
    PackageNotFound          = "PACKAGE_NOT_FOUND",             "must exist";
    PackageNotAllowed        = "PACKAGE_NOT_ALLOWED",           "package product must match release product";
    ComponentsFingerprintConflict = "COMPONENTS_FINGERPRINT_CONFLICT", "is duplicated";
    ComponentsFingerprintTaken = "COMPONENTS_FINGERPRINT_TAKEN", "has already been taken";
    ConstraintsTooLong       = "CONSTRAINTS_TOO_LONG",          "too many records";
    ConstraintsEntitlementConflict = "CONSTRAINTS_ENTITLEMENT_CONFLICT", "is duplicated";
    ConstraintsEntitlementNotFound = "CONSTRAINTS_ENTITLEMENT_NOT_FOUND", "must exist";
    ReleaseNotFound          = "RELEASE_NOT_FOUND",             "must exist";
    FilenameMissing          = "FILENAME_MISSING",              "can't be blank";
    FilenameTooLong          = "FILENAME_TOO_LONG",             "is too long (maximum is 255 characters)";
    FilenameInvalid          = "FILENAME_INVALID",              "is invalid";
    FilenameTaken            = "FILENAME_TAKEN",                "already exists";
    FilenameExtensionInvalid = "FILENAME_EXTENSION_INVALID",    "filename extension does not match filetype";
    FiletypeTooLong          = "FILETYPE_TOO_LONG",             "is too long (maximum is 255 characters)";
    ArchTooLong              = "ARCH_TOO_LONG",                 "is too long (maximum is 255 characters)";
    FilesizeInvalid          = "FILESIZE_INVALID",              "must be greater than or equal to 0";
    SignatureTooLong         = "SIGNATURE_TOO_LONG",            "is too long (maximum is 4096 characters)";
    ChecksumTooLong          = "CHECKSUM_TOO_LONG",             "is too long (maximum is 4096 characters)";
    ConstraintInvalid        = "CONSTRAINT_INVALID",            "invalid constraint format";
    UpgradeProductInvalid    = "UPGRADE_PRODUCT_INVALID",       "product does not exist";
    UpgradePlatformInvalid   = "UPGRADE_PLATFORM_INVALID",      "platform is unsupported";
    UpgradeFiletypeInvalid   = "UPGRADE_FILETYPE_INVALID",      "filetype is unsupported";
    UpgradeVersionInvalid    = "UPGRADE_VERSION_INVALID",       "current version must be a valid semver: x.y.z or x.y.z-beta.1";
    UpgradeConstraintInvalid = "UPGRADE_CONSTRAINT_INVALID",    "version constraint must be valid: x, x.y, x.y.z";
    UpgradeChannelInvalid    = "UPGRADE_CHANNEL_INVALID",       "channel is unsupported";
    KeyMissing               = "KEY_MISSING",                   "can't be blank";
    KeyInvalid               = "KEY_INVALID",                   "is invalid";

    // Machines (machines §1).
    LicenseNotFound          = "LICENSE_NOT_FOUND",             "must exist";
    FingerprintTaken         = "FINGERPRINT_TAKEN",             "has already been taken";
    FingerprintConflict      = "FINGERPRINT_CONFLICT",          "must not conflict with another machine's identifier (UUID)";
    FingerprintNotAllowed    = "FINGERPRINT_NOT_ALLOWED",       "is reserved";
    FingerprintTooLong       = "FINGERPRINT_TOO_LONG",          "is too long (maximum is 4096 characters)";
    IpTooLong                = "IP_TOO_LONG",                   "is too long (maximum is 255 characters)";
    HostnameTooLong          = "HOSTNAME_TOO_LONG",             "is too long (maximum is 255 characters)";
    PlatformTooLong          = "PLATFORM_TOO_LONG",             "is too long (maximum is 255 characters)";
    CoresInvalid             = "CORES_INVALID",                 "must be greater than or equal to 1";
    MemoryInvalid            = "MEMORY_INVALID",                "must be greater than or equal to 1";
    DiskInvalid              = "DISK_INVALID",                  "must be greater than or equal to 1";
    MachineLimitExceeded     = "MACHINE_LIMIT_EXCEEDED",        "machine count has exceeded maximum allowed for license";
    MachineCoreLimitExceeded = "MACHINE_CORE_LIMIT_EXCEEDED",   "machine core count has exceeded maximum allowed for license";
    MachineMemoryLimitExceeded = "MACHINE_MEMORY_LIMIT_EXCEEDED", "machine memory has exceeded maximum allowed for license";
    MachineDiskLimitExceeded = "MACHINE_DISK_LIMIT_EXCEEDED",   "machine disk has exceeded maximum allowed for license";
    MachineHeartbeatDead     = "MACHINE_HEARTBEAT_DEAD",        "is dead";
    MachineProcessLimitExceeded = "MACHINE_PROCESS_LIMIT_EXCEEDED", "process count has exceeded maximum allowed for machine";
    ProcessHeartbeatDead     = "PROCESS_HEARTBEAT_DEAD",        "is dead";
    CheckoutIncludeInvalid   = "CHECKOUT_INCLUDE_INVALID",      "invalid includes";
    CheckoutTtlInvalid       = "CHECKOUT_TTL_INVALID",          "must be greater than or equal to 3600 (1 hour)";
    CheckoutAlgorithmInvalid = "CHECKOUT_ALGORITHM_INVALID",    "invalid encoding algorithm";
    MachineNotFound          = "MACHINE_NOT_FOUND",             "must exist";
    PidTaken                 = "PID_TAKEN",                     "has already been taken";
    PidTooLong               = "PID_TOO_LONG",                  "is too long (maximum is 4096 characters)";
    PidNotAllowed            = "PID_NOT_ALLOWED",               "is reserved";
}
