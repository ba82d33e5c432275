// Included by `matrix.rs`: the list alone, so that a new action is one line of diff.
//
// A dash is `Never`. What each reach means is said at `Reach`.
#[rustfmt::skip]
actions! {
//  action                     needs                      place   admin    develop. sales    support  read     environ.  product      user                    license         nobody
    // Accounts, settings, analytics (identity §14.7, §16; machines §8).
    AccountShow:               AccountRead              ; Any   | All      All      All      All      All      All      | All          All                     All           | -;
    AccountUpdate:             AccountUpdate            ; Write | All      All      -        -        -        -        | -            -                       -             | -;
    AccountDelete:             AccountUpdate            ; Write | -        -        -        -        -        -        | -            -                       -             | -;
    SettingList:               AccountRead              ; Any   | All      All      -        -        -        -        | -            -                       -             | -;
    SettingShow:               AccountRead              ; Any   | All      All      -        -        -        -        | -            -                       -             | -;
    SettingCreate:             AccountUpdate            ; Write | All      All      -        -        -        -        | -            -                       -             | -;
    SettingUpdate:             AccountUpdate            ; Write | All      All      -        -        -        -        | -            -                       -             | -;
    SettingDelete:             AccountUpdate            ; Write | All      All      -        -        -        -        | -            -                       -             | -;
    AnalyticsRead:             AccountAnalyticsRead     ; Any   | All      All      All      All      All      -        | -            -                       -             | -;
    Search:                                             ; Any   | All      All      All      All      All      -        | -            -                       -             | -;

    // Users (identity §14.7, §17). An admin as the target needs `admin.*` besides.
    UserList:                  UserRead                 ; Read  | All      All      All      All      All      All      | All          Visible                 Visible       | -;
    UserShow:                  UserRead                 ; Read  | All      All      All      All      All      RoleUser | RoleUser     Visible                 Visible       | -;
    UserCreate:                UserCreate               ; Write | All      All      RoleUser -        -        RoleUser | RoleUser     -                       -             | Unprotected;
    UserUpdate:                UserUpdate               ; Write | All      All      RoleUser -        -        RoleUser | RoleUser     Itself                  -             | -;
    UserDelete:                UserDelete               ; Write | All      All      -        -        -        RoleUser | SoleCustomer -                       -             | -;
    UserBan:                   UserBan                  ; Write | RoleUser RoleUser RoleUser RoleUser -        RoleUser | RoleUser     -                       -             | -;
    UserUnban:                 UserUnban                ; Write | RoleUser RoleUser RoleUser RoleUser -        RoleUser | RoleUser     -                       -             | -;
    UserPasswordUpdate:        UserPasswordUpdate       ; Write | Itself   Itself   Itself   Itself   Itself   -        | -            Itself                  -             | -;
    UserGroup:                 GroupRead                ; Read  | All      All      All      All      All      All      | RoleUser     Itself                  -             | -;
    UserGroupUpdate:           UserGroupUpdate          ; Write | All      All      All      -        -        All      | RoleUser     -                       -             | -;
    UserProducts:              ProductRead              ; Read  | All      All      All      All      All      All      | All          Itself                  -             | -;
    UserLicenses:              LicenseRead              ; Read  | All      All      All      All      All      All      | All          Itself                  -             | -;
    UserMachines:              MachineRead              ; Read  | All      All      All      All      All      All      | All          Itself                  -             | -;
    UserTokens:                TokenRead                ; Read  | All      All      All      All      All      RoleUser | RoleUser     Itself                  -             | -;
    UserTokensGenerate:        UserTokensGenerate       ; Issue | ItselfOrRoleUser ItselfOrRoleUser - - - RoleUser      | Customer     -                       -             | -;

    // Second factors (identity §12).
    SecondFactorList:          UserSecondFactorsRead    ; Read  | All      Itself   Itself   Itself   Itself   -        | -            Itself                  -             | -;
    SecondFactorShow:          UserSecondFactorsRead    ; Read  | All      Itself   Itself   Itself   Itself   -        | -            Itself                  -             | -;
    SecondFactorCreate:        UserSecondFactorsCreate  ; Write | All      Itself   Itself   Itself   -        -        | -            Itself                  -             | -;
    SecondFactorUpdate:        UserSecondFactorsUpdate  ; Write | All      Itself   Itself   Itself   -        -        | -            Itself                  -             | -;
    SecondFactorDelete:        UserSecondFactorsDelete  ; Write | All      Itself   Itself   Itself   -        -        | -            Itself                  -             | -;

    // Tokens (identity §10.3).
    TokenList:                 TokenRead                ; Read  | All      All      All      All      All      All      | Visible      Visible                 Visible       | -;
    TokenShow:                 TokenRead                ; Read  | All      All      All      All      All      All      | Visible      Itself                  Itself        | -;
    TokenGenerate:             TokenGenerate            ; Issue | ItselfOrRoleUser ItselfOrRoleUser Itself Itself Itself ItselfOrRoleUser| Customer     Itself                  -             | -;
    TokenRegenerate:           TokenRegenerate          ; Write | ItselfOrNoStaff ItselfOrNoStaff Itself Itself - ItselfOrNoStaff| Visible      Itself                  Itself        | -;
    TokenRevoke:               TokenRevoke              ; Write | All      All      Itself   Itself   -        All      | Visible      Itself                  Itself        | -;

    // Environments (identity §14.7, §15.4), managed from the global one.
    EnvironmentList:           EnvironmentRead          ; Any   | All      All      All      All      All      -        | -            -                       -             | -;
    EnvironmentShow:           EnvironmentRead          ; Any   | All      All      All      All      All      Itself   | -            -                       -             | -;
    EnvironmentCreate:         EnvironmentCreate        ; Write | All      All      -        -        -        -        | -            -                       -             | -;
    EnvironmentUpdate:         EnvironmentUpdate        ; Write | All      All      -        -        -        -        | -            -                       -             | -;
    EnvironmentDelete:         EnvironmentDelete        ; Write | All      All      -        -        -        -        | -            -                       -             | -;
    EnvironmentTokens:         TokenRead                ; Any   | All      All      All      All      All      Itself   | -            -                       -             | -;
    EnvironmentTokensGenerate: EnvironmentTokensGenerate; Write | All      All      -        -        -        -        | -            -                       -             | -;

    // Groups (identity §14.7, §19).
    GroupList:                 GroupRead                ; Read  | All      All      All      All      All      All      | All          Own                     Own           | -;
    GroupShow:                 GroupRead                ; Read  | All      All      All      All      All      All      | All          Own                     Own           | -;
    GroupCreate:               GroupCreate              ; Write | All      All      -        -        -        All      | All          -                       -             | -;
    GroupUpdate:               GroupUpdate              ; Write | All      All      -        -        -        All      | All          -                       -             | -;
    GroupDelete:               GroupDelete              ; Write | All      All      -        -        -        All      | All          -                       -             | -;
    GroupOwners:               GroupOwnersRead          ; Read  | All      All      All      All      All      All      | All          Visible                 Visible       | -;
    GroupOwnersAttach:         GroupOwnersAttach        ; Read  | All      All      -        -        -        All      | All          -                       -             | -;
    GroupOwnersDetach:         GroupOwnersDetach        ; Read  | All      All      -        -        -        All      | All          -                       -             | -;
    GroupUsers:                GroupUsersRead           ; Read  | All      All      All      All      All      All      | All          Owner                   -             | -;
    GroupLicenses:             GroupLicensesRead        ; Read  | All      All      All      All      All      All      | All          Owner                   -             | -;
    GroupMachines:             GroupMachinesRead        ; Read  | All      All      All      All      All      All      | All          Owner                   -             | -;

    // Products (licensing §1.1).
    ProductList:               ProductRead              ; Read  | All      All      All      All      All      All      | -            Visible                 Visible       | -;
    ProductShow:               ProductRead              ; Read  | All      All      All      All      All      All      | Itself       VisibleOpen             VisibleOpen   | -;
    ProductCreate:             ProductCreate            ; Write | All      All      -        -        -        All      | -            -                       -             | -;
    ProductUpdate:             ProductUpdate            ; Write | All      All      -        -        -        All      | Itself       -                       -             | -;
    ProductDelete:             ProductDelete            ; Write | All      All      -        -        -        All      | -            -                       -             | -;
    ProductPolicies:           PolicyRead               ; Read  | All      All      All      All      All      All      | Itself       -                       -             | -;
    ProductLicenses:           LicenseRead              ; Read  | All      All      All      All      All      All      | Itself       -                       -             | -;
    ProductMachines:           MachineRead              ; Read  | All      All      All      All      All      All      | Itself       -                       -             | -;
    ProductUsers:              UserRead                 ; Read  | All      All      All      All      All      All      | Itself       -                       -             | -;
    ProductTokens:             TokenRead                ; Read  | All      All      All      All      All      All      | Itself       -                       -             | -;
    ProductTokensGenerate:     ProductTokensGenerate    ; Write | All      All      -        -        -        All      | -            -                       -             | -;
    ProductReleases:           ReleaseRead              ; Read  | All      All      All      All      All      All      | Itself       VisibleOpen             VisibleOpen   | -;
    ProductArtifacts:          ArtifactRead             ; Read  | All      All      All      All      All      All      | Itself       VisibleOpen             VisibleOpen   | -;
    ProductPackages:           PackageRead              ; Read  | All      All      All      All      All      All      | Itself       VisibleOpen             VisibleOpen   | -;
    ProductEngines:            EngineRead               ; Read  | All      All      All      All      All      All      | Itself       VisibleOpen             VisibleOpen   | -;
    ProductPlatforms:          PlatformRead             ; Read  | All      All      All      All      All      All      | Itself       VisibleOpen             VisibleOpen   | -;
    ProductArches:             ArchRead                 ; Read  | All      All      All      All      All      All      | Itself       VisibleOpen             VisibleOpen   | -;
    ProductChannels:           ChannelRead              ; Read  | All      All      All      All      All      All      | Itself       VisibleOpen             VisibleOpen   | -;

    // Policies (licensing §2.1).
    PolicyList:                PolicyRead               ; Read  | All      All      All      All      All      All      | Own          Visible                 Visible       | -;
    PolicyShow:                PolicyRead               ; Read  | All      All      All      All      All      All      | Own          Visible                 Visible       | -;
    PolicyCreate:              PolicyCreate             ; Write | All      All      All      -        -        All      | Own          -                       -             | -;
    PolicyUpdate:              PolicyUpdate             ; Write | All      All      All      -        -        All      | Own          -                       -             | -;
    PolicyDelete:              PolicyDelete             ; Write | All      All      -        -        -        All      | Own          -                       -             | -;
    PolicyProduct:             ProductRead              ; Read  | All      All      All      All      All      All      | Own          -                       -             | -;
    PolicyLicenses:            LicenseRead              ; Read  | All      All      All      All      All      All      | Own          -                       -             | -;
    PolicyEntitlements:        EntitlementRead          ; Read  | All      All      All      All      All      All      | Own          -                       -             | -;
    PolicyEntitlementsAttach:  PolicyEntitlementsAttach ; Read  | All      All      All      -        -        All      | Own          -                       -             | -;
    PolicyEntitlementsDetach:  PolicyEntitlementsDetach ; Read  | All      All      All      -        -        All      | Own          -                       -             | -;
    PolicyPool:                KeyRead                  ; Read  | All      All      All      All      All      All      | Own          -                       -             | -;
    PolicyPoolPop:             PolicyPoolPop            ; Read  | All      All      -        -        -        All      | Own          -                       -             | -;

    // Pooled keys and entitlements (licensing §8).
    KeyList:                   KeyRead                  ; Read  | All      All      All      All      All      All      | Own          -                       -             | -;
    KeyShow:                   KeyRead                  ; Read  | All      All      All      All      All      All      | Own          -                       -             | -;
    KeyCreate:                 KeyCreate                ; Write | All      All      -        -        -        All      | Own          -                       -             | -;
    KeyUpdate:                 KeyUpdate                ; Write | All      All      -        -        -        All      | Own          -                       -             | -;
    KeyDelete:                 KeyDelete                ; Write | All      All      -        -        -        All      | Own          -                       -             | -;
    KeyProduct:                ProductRead              ; Read  | All      All      All      All      All      All      | Own          -                       -             | -;
    KeyPolicy:                 PolicyRead               ; Read  | All      All      All      All      All      All      | Own          -                       -             | -;
    EntitlementList:           EntitlementRead          ; Read  | All      All      All      All      All      All      | All          Visible                 Visible       | -;
    EntitlementShow:           EntitlementRead          ; Read  | All      All      All      All      All      All      | All          Visible                 Visible       | -;
    EntitlementCreate:         EntitlementCreate        ; Write | All      All      -        -        -        All      | -            -                       -             | -;
    EntitlementUpdate:         EntitlementUpdate        ; Write | All      All      -        -        -        All      | -            -                       -             | -;
    EntitlementDelete:         EntitlementDelete        ; Write | All      All      -        -        -        All      | -            -                       -             | -;

    // Licenses (licensing §3.1, §5.1, §6, §7). A key may be validated by anyone who knows it.
    LicenseList:               LicenseRead              ; Read  | All      All      All      All      All      All      | Own          Own                     -             | -;
    LicenseShow:               LicenseRead              ; Read  | All      All      All      All      All      All      | Own          Own                     Own           | -;
    LicenseCreate:             LicenseCreate            ; Write | All      All      All      -        -        All      | Own          OwnerPolicyUnprotected  -             | -;
    LicenseUpdate:             LicenseUpdate            ; Write | All      All      All      All      -        All      | Own          -                       -             | -;
    LicenseDelete:             LicenseDelete            ; Write | All      All      All      -        -        All      | Own          OwnerPolicyUnprotected  -             | -;
    LicenseValidate:           LicenseValidate          ; Read  | All      All      All      All      All      All      | Own          Own                     Own           | -;
    LicenseValidateKey:        LicenseValidate          ; Read  | All      All      All      All      All      All      | Own          Own                     Own           | All;
    LicenseRenew:              LicenseRenew             ; Write | All      All      All      -        -        All      | Own          OwnerPolicyUnprotected  -             | -;
    LicenseRevoke:             LicenseRevoke            ; Write | All      All      All      -        -        All      | Own          OwnerPolicyUnprotected  -             | -;
    LicenseSuspend:            LicenseSuspend           ; Write | All      All      All      All      -        All      | Own          -                       -             | -;
    LicenseReinstate:          LicenseReinstate         ; Write | All      All      All      All      -        All      | Own          -                       -             | -;
    LicenseCheckIn:            LicenseCheckIn           ; Write | All      All      All      All      -        All      | Own          OwnerUnprotected        Own           | -;
    LicenseCheckOut:           LicenseCheckOut LicenseRead; Write | All      All      All      All      -        All      | Own          OwnUnprotected          Own           | -;
    LicenseUsageIncrement:     LicenseUsageIncrement    ; Write | All      All      All      All      -        All      | Own          OwnerUnprotected        Own           | -;
    LicenseUsageDecrement:     LicenseUsageDecrement    ; Write | All      All      All      All      -        All      | Own          -                       -             | -;
    LicenseUsageReset:         LicenseUsageReset        ; Write | All      All      All      All      -        All      | Own          -                       -             | -;
    LicenseProduct:            ProductRead              ; Read  | All      All      All      All      All      All      | Own          Own                     Own           | -;
    LicensePolicy:             PolicyRead               ; Read  | All      All      All      All      All      All      | Own          Own                     Own           | -;
    LicensePolicyUpdate:       LicensePolicyUpdate      ; Write | All      All      All      -        -        All      | Own          OwnerUnprotected        -             | -;
    LicensePolicyTarget:       LicensePolicyUpdate      ; Read  | All      All      All      -        -        All      | Own          PolicyUnprotected       -             | -;
    LicenseOwner:              UserRead                 ; Read  | All      All      All      All      All      All      | Own          Own                     Own           | -;
    LicenseOwnerUpdate:        LicenseOwnerUpdate       ; Write | All      All      All      -        -        All      | Own          -                       -             | -;
    LicenseUser:               UserRead                 ; Read  | All      All      All      All      All      All      | Own          LicenseOwner            Own           | -;
    LicenseUserUpdate:         LicenseUserUpdate        ; Write | All      All      All      -        -        All      | Own          -                       -             | -;
    LicenseUsers:              UserRead                 ; Read  | All      All      All      All      All      All      | Own          Own                     Own           | -;
    LicenseUsersAttach:        LicenseUsersAttach       ; Read  | All      All      All      All      -        All      | Own          OwnerUnprotected        -             | -;
    LicenseUsersDetach:        LicenseUsersDetach       ; Read  | All      All      All      All      -        All      | Own          OwnerUnprotected        -             | -;
    LicenseGroup:              GroupRead                ; Read  | All      All      All      All      All      All      | Own          Own                     Own           | -;
    LicenseGroupUpdate:        LicenseGroupUpdate       ; Write | All      All      All      -        -        All      | Own          -                       -             | -;
    LicenseEntitlements:       EntitlementRead          ; Read  | All      All      All      All      All      All      | Own          Own                     Own           | -;
    LicenseEntitlementsAttach: LicenseEntitlementsAttach; Read  | All      All      All      -        -        All      | Own          -                       -             | -;
    LicenseEntitlementsDetach: LicenseEntitlementsDetach; Read  | All      All      All      -        -        All      | Own          -                       -             | -;
    LicenseMachines:           MachineRead              ; Read  | All      All      All      All      All      All      | Own          Own                     Own           | -;
    LicenseTokens:             TokenRead                ; Read  | All      All      All      All      All      All      | Own          -                       -             | -;
    LicenseTokensGenerate:     LicenseTokensGenerate    ; Write | All      All      All      -        -        All      | Own          -                       -             | -;

    // Machines (machines §1.1).
    MachineList:               MachineRead              ; Read  | All      All      All      All      All      All      | Own          Own                     Own           | -;
    MachineShow:               MachineRead              ; Read  | All      All      All      All      All      All      | Own          Own                     Own           | -;
    MachineCreate:             MachineCreate            ; Write | All      All      All      -        -        All      | Own          OwnerUnprotected        Own           | -;
    MachineUpdate:             MachineUpdate            ; Write | All      All      All      All      -        All      | Own          OwnerUnprotected        OwnUnprotected| -;
    MachineDelete:             MachineDelete            ; Write | All      All      All      -        -        All      | Own          OwnerUnprotected        Own           | -;
    MachinePing:               MachineHeartbeatPing     ; Read  | All      All      -        -        -        All      | Own          OwnerUnprotected        Own           | -;
    MachineReset:              MachineHeartbeatReset    ; Read  | All      All      All      -        -        All      | Own          -                       -             | -;
    MachineCheckOut:           MachineCheckOut MachineRead; Write | All      All      All      All      -        All      | Own          OwnUnprotected          Own           | -;
    MachineProof:              MachineProofsGenerate    ; Read  | All      All      All      -        -        All      | Own          LicenseOwnerUnprotected Own           | -;
    MachineProduct:            ProductRead              ; Read  | All      All      All      All      All      All      | Own          Own                     Own           | -;
    MachineLicense:            LicenseRead              ; Read  | All      All      All      All      All      All      | Own          Own                     Own           | -;
    MachineOwner:              UserRead                 ; Read  | All      All      All      All      All      All      | Own          Own                     Own           | -;
    MachineOwnerUpdate:        MachineOwnerUpdate       ; Write | All      All      All      -        -        All      | Own          -                       -             | -;
    MachineUser:               UserRead                 ; Read  | All      All      All      All      All      All      | Own          LicenseOwner            Own           | -;
    MachineGroup:              GroupRead                ; Read  | All      All      All      All      All      All      | Own          Own                     Own           | -;
    MachineGroupUpdate:        MachineGroupUpdate       ; Write | All      All      All      -        -        All      | Own          -                       -             | -;
    MachineComponents:         ComponentRead            ; Read  | All      All      All      All      All      All      | Own          Own                     Own           | -;
    MachineProcesses:          ProcessRead              ; Read  | All      All      All      All      All      All      | Own          Own                     Own           | -;

    // Components and processes (machines §2).
    ComponentList:             ComponentRead            ; Read  | All      All      All      All      All      All      | Own          Own                     Own           | -;
    ComponentShow:             ComponentRead            ; Read  | All      All      All      All      All      All      | Own          Own                     Own           | -;
    ComponentCreate:           ComponentCreate          ; Write | All      All      All      -        -        All      | Own          OwnerUnprotected        Own           | -;
    ComponentUpdate:           ComponentUpdate          ; Write | All      All      All      All      -        All      | Own          OwnerUnprotected        Own           | -;
    ComponentDelete:           ComponentDelete          ; Write | All      All      All      -        -        All      | Own          OwnerUnprotected        Own           | -;
    ComponentProduct:          ProductRead              ; Read  | All      All      All      All      All      All      | Own          Own                     Own           | -;
    ComponentLicense:          LicenseRead              ; Read  | All      All      All      All      All      All      | Own          Own                     Own           | -;
    ComponentMachine:          MachineRead              ; Read  | All      All      All      All      All      All      | Own          Own                     Own           | -;
    ProcessList:               ProcessRead              ; Read  | All      All      All      All      All      All      | Own          Own                     Own           | -;
    ProcessShow:               ProcessRead              ; Read  | All      All      All      All      All      All      | Own          Own                     Own           | -;
    ProcessCreate:             ProcessCreate            ; Write | All      All      All      -        -        All      | Own          OwnerUnprotected        Own           | -;
    ProcessUpdate:             ProcessUpdate            ; Write | All      All      All      All      -        All      | Own          OwnerUnprotected        Own           | -;
    ProcessDelete:             ProcessDelete            ; Write | All      All      All      -        -        All      | Own          OwnerUnprotected        Own           | -;
    ProcessPing:               ProcessHeartbeatPing     ; Read  | All      All      -        -        -        All      | Own          OwnerUnprotected        Own           | -;
    ProcessProduct:            ProductRead              ; Read  | All      All      All      All      All      All      | Own          Own                     Own           | -;
    ProcessLicense:            LicenseRead              ; Read  | All      All      All      All      All      All      | Own          Own                     Own           | -;
    ProcessMachine:            MachineRead              ; Read  | All      All      All      All      All      All      | Own          Own                     Own           | -;

    // Releases, artifacts, packages (identity §14.7). What a license or a stranger may have of a
    // visible release (entitlements, expiry, channel) is decided by the rules of distribution.
    ReleaseList:               ReleaseRead              ; Read  | All      All      All      All      All      All      | Own          Visible                 Visible       | Visible;
    ReleaseShow:               ReleaseRead              ; Read  | All      All      All      All      All      All      | Own          VisibleOpen             VisibleOpen   | VisibleOpen;
    ReleaseCreate:             ReleaseCreate            ; Write | All      All      -        -        -        All      | Own          -                       -             | -;
    ReleaseUpdate:             ReleaseUpdate            ; Write | All      All      -        -        -        All      | Own          -                       -             | -;
    ReleaseDelete:             ReleaseDelete            ; Write | All      All      -        -        -        All      | Own          -                       -             | -;
    ReleasePublish:            ReleasePublish           ; Write | All      All      -        -        -        All      | Own          -                       -             | -;
    ReleaseYank:               ReleaseYank              ; Write | All      All      -        -        -        All      | Own          -                       -             | -;
    ReleaseUpload:             ReleaseUpload            ; Write | All      All      -        -        -        All      | Own          -                       -             | -;
    ReleaseUpgrade:            ReleaseUpgrade           ; Read  | All      All      All      All      All      All      | Own          VisibleOpen             VisibleOpen   | VisibleOpen;
    ReleaseDownload:           ReleaseDownload          ; Read  | All      All      All      All      All      All      | Own          VisibleOpen             VisibleOpen   | VisibleOpen;
    ReleaseProduct:            ProductRead              ; Read  | All      All      All      All      All      All      | Own          VisibleOpen             VisibleOpen   | -;
    ReleasePackage:            PackageRead              ; Read  | All      All      All      All      All      All      | Own          VisibleOpen             VisibleOpen   | VisibleOpen;
    ReleasePackageUpdate:      ReleasePackageUpdate     ; Write | All      All      -        -        -        All      | Own          -                       -             | -;
    ReleaseArtifacts:          ArtifactRead             ; Read  | All      All      All      All      All      All      | Own          VisibleOpen             VisibleOpen   | VisibleOpen;
    ReleaseEntitlements:       EntitlementRead          ; Read  | All      All      All      All      All      All      | Own          VisibleOpen             VisibleOpen   | -;
    ReleaseConstraints:        ConstraintRead           ; Read  | All      All      All      All      All      All      | Own          VisibleOpen             VisibleOpen   | -;
    ReleaseConstraintsAttach:  ReleaseConstraintsAttach ; Write | All      All      -        -        -        All      | Own          -                       -             | -;
    ReleaseConstraintsDetach:  ReleaseConstraintsDetach ; Read  | All      All      -        -        -        All      | Own          -                       -             | -;
    ArtifactList:              ArtifactRead             ; Read  | All      All      All      All      All      All      | Own          Visible                 Visible       | Visible;
    ArtifactShow:              ArtifactRead             ; Read  | All      All      All      All      All      All      | Own          VisibleOpen             VisibleOpen   | VisibleOpen;
    ArtifactDownload:          ArtifactRead ReleaseDownload; Read  | All      All      All      All      All      All      | Own          VisibleOpen             VisibleOpen   | VisibleOpen;
    ArtifactCreate:            ArtifactCreate           ; Write | All      All      -        -        -        All      | Own          -                       -             | -;
    ArtifactUpdate:            ArtifactUpdate           ; Write | All      All      -        -        -        All      | Own          -                       -             | -;
    ArtifactDelete:            ArtifactDelete           ; Write | All      All      -        -        -        All      | Own          -                       -             | -;
    PackageList:               PackageRead              ; Read  | All      All      All      All      All      All      | Own          Visible                 Visible       | Visible;
    PackageShow:               PackageRead              ; Read  | All      All      All      All      All      All      | Own          VisibleOpen             VisibleOpen   | VisibleOpen;
    PackageCreate:             PackageCreate            ; Write | All      All      -        -        -        All      | Own          -                       -             | -;
    PackageUpdate:             PackageUpdate            ; Write | All      All      -        -        -        All      | Own          -                       -             | -;
    PackageDelete:             PackageDelete            ; Write | All      All      -        -        -        All      | Own          -                       -             | -;
    EngineRead:                EngineRead               ; Read  | All      All      All      All      All      All      | Visible      Visible                 Visible       | Visible;
    PlatformRead:              PlatformRead             ; Read  | All      All      All      All      All      All      | Visible      Visible                 Visible       | Visible;
    ArchRead:                  ArchRead                 ; Read  | All      All      All      All      All      All      | Visible      Visible                 Visible       | Visible;
    ChannelRead:               ChannelRead              ; Read  | All      All      All      All      All      All      | Visible      Visible                 Visible       | Visible;

    // Webhooks (machines §5) and logs (machines §7).
    WebhookEndpointList:       WebhookEndpointRead      ; Read  | All      All      -        -        All      All      | Own          -                       -             | -;
    WebhookEndpointShow:       WebhookEndpointRead      ; Read  | All      All      -        -        All      All      | Own          -                       -             | -;
    WebhookEndpointCreate:     WebhookEndpointCreate    ; Write | All      All      -        -        -        All      | Own          -                       -             | -;
    WebhookEndpointUpdate:     WebhookEndpointUpdate    ; Write | All      All      -        -        -        All      | Own          -                       -             | -;
    WebhookEndpointDelete:     WebhookEndpointDelete    ; Write | All      All      -        -        -        All      | Own          -                       -             | -;
    WebhookEventList:          WebhookEventRead         ; Read  | All      All      -        -        All      All      | Own          -                       -             | -;
    WebhookEventShow:          WebhookEventRead         ; Read  | All      All      -        -        All      All      | Own          -                       -             | -;
    WebhookEventDelete:        WebhookEventDelete       ; Write | All      All      -        -        -        All      | -            -                       -             | -;
    WebhookEventRetry:         WebhookEventRetry        ; Write | All      All      -        -        -        All      | -            -                       -             | -;
    EventLogList:              EventLogRead             ; Read  | All      All      -        -        All      All      | -            -                       -             | -;
    EventLogShow:              EventLogRead             ; Read  | All      All      -        -        All      All      | -            -                       -             | -;
    RequestLogList:            RequestLogRead           ; Read  | All      All      -        -        All      All      | -            -                       -             | -;
    RequestLogShow:            RequestLogRead           ; Read  | All      All      -        -        All      All      | -            -                       -             | -;
}
