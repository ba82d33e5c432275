//! Releases, their files and packages.

use super::*;

/// Every list, every filter of it where it lets little through and where it lets much through. What
/// holders of licenses see of releases gathers what releases ask for, and what has no engine the
/// packages without one: that is little beside what it is looked for in, and not here.
#[rustfmt::skip]
pub const LISTS: &[List] = &[
    (Who::Admin,       "/releases"),
    (Who::Admin,       "/releases?order=asc&limit=100"),
    (Who::Admin,       "/releases?page[cursor]={release}&page[size]=100"),
    (Who::Product,     "/releases"),
    (Who::Environment, "/releases"),
    (Who::Stranger,    "/releases"),
    (Who::Admin,       "/releases?product={product}"),
    (Who::Admin,       "/releases?product={user}"),
    (Who::Admin,       "/releases?package=package-77"),
    (Who::Admin,       "/releases?package={package}"),
    (Who::Admin,       "/releases?package=nothing"),
    (Who::Admin,       "/releases?package="),
    (Who::Admin,       "/releases?engine=pypi"),
    (Who::Admin,       "/releases?engine=npm"),
    (Who::Admin,       "/releases?channel=stable"),
    (Who::Admin,       "/releases?channel=alpha"),
    (Who::Admin,       "/releases?channel=dev"),
    (Who::Admin,       "/releases?status=PUBLISHED"),
    (Who::Admin,       "/releases?status=DRAFT"),
    (Who::Admin,       "/releases?status=YANKED"),
    (Who::Admin,       "/releases?yanked=true"),
    (Who::Admin,       "/releases?yanked=false"),
    (Who::Product,     "/releases?status=DRAFT"),
    (Who::Admin,       "/releases?entitlements[]=E-77"),
    (Who::Admin,       "/releases?product={product}&channel=stable&status=PUBLISHED"),
    (Who::OldClient,   "/releases?version=77.0.0"),
    (Who::OldClient,   "/releases?platform=linux"),
    (Who::OldClient,   "/releases?platform=darwin"),
    (Who::OldClient,   "/releases?arch=arm64"),
    (Who::OldClient,   "/releases?filetype=dmg"),
    (Who::OldClient,   "/releases?platform=linux&arch=x64&filetype=zip"),
    (Who::Admin,       "/products/{product}/releases"),
    (Who::Admin,       "/products/{product}/releases?channel=dev"),
    (Who::Admin,       "/products/{product}/releases?package=package-77"),
    (Who::Admin,       "/releases/{release}/entitlements"),
    (Who::Admin,       "/releases/{release}/constraints"),
    (Who::Admin,       "/releases/{release}/artifacts"),
    (Who::User,        "/releases/{release}/artifacts"),
    (Who::Admin,       "/releases/{release}/artifacts?platform=darwin"),
    (Who::Admin,       "/artifacts"),
    (Who::Admin,       "/artifacts?order=asc&limit=100"),
    (Who::Admin,       "/artifacts?page[cursor]={artifact}&page[size]=100"),
    (Who::Product,     "/artifacts"),
    (Who::User,        "/artifacts"),
    (Who::License,     "/artifacts"),
    (Who::Environment, "/artifacts"),
    (Who::Stranger,    "/artifacts"),
    (Who::Admin,       "/artifacts?product={product}"),
    (Who::Admin,       "/artifacts?product=nothing"),
    (Who::Admin,       "/artifacts?release={release}"),
    (Who::Admin,       "/artifacts?release=77.0.0"),
    (Who::Admin,       "/artifacts?release=tag-70"),
    (Who::Admin,       "/artifacts?release=nothing"),
    (Who::Admin,       "/artifacts?channel=stable"),
    (Who::Admin,       "/artifacts?channel=dev"),
    (Who::Admin,       "/artifacts?status=UPLOADED"),
    (Who::Admin,       "/artifacts?status=WAITING"),
    (Who::Admin,       "/artifacts?status=FAILED"),
    (Who::Admin,       "/artifacts?package=package-77"),
    (Who::Admin,       "/artifacts?package="),
    (Who::Admin,       "/artifacts?engine=pypi"),
    (Who::Admin,       "/artifacts?filetype=zip"),
    (Who::Admin,       "/artifacts?filetype=dmg"),
    (Who::Admin,       "/artifacts?filetype="),
    (Who::Admin,       "/artifacts?platform=linux"),
    (Who::Admin,       "/artifacts?platform=darwin"),
    (Who::Admin,       "/artifacts?platform="),
    (Who::Admin,       "/artifacts?arch=x64"),
    (Who::Admin,       "/artifacts?arch=arm64"),
    (Who::Admin,       "/artifacts?arch="),
    (Who::Admin,       "/artifacts?release={release}&platform=linux"),
    (Who::Admin,       "/products/{product}/artifacts"),
    (Who::Admin,       "/products/{product}/artifacts?platform=darwin"),
    (Who::Admin,       "/packages"),
    (Who::Admin,       "/packages?page[cursor]={package}&page[size]=100"),
    (Who::Product,     "/packages"),
    (Who::User,        "/packages"),
    (Who::License,     "/packages"),
    (Who::Environment, "/packages"),
    (Who::Stranger,    "/packages"),
    (Who::Admin,       "/packages?product={product}"),
    (Who::Admin,       "/packages?engine=pypi"),
    (Who::Admin,       "/packages?engine=npm"),
    (Who::Admin,       "/packages?engine="),
    (Who::Admin,       "/products/{product}/packages"),
    (Who::Admin,       "/engines/pypi/simple"),
    (Who::License,     "/engines/pypi/simple"),
    (Who::Stranger,    "/engines/pypi/simple"),
    (Who::Admin,       "/engines/pypi/simple/package-977"),
];

/// Many releases, each with two files and every other in a package. Few are of the product, on
/// another channel, for another platform, or special.
pub fn rows(w: &World, few: &Few) -> Vec<String> {
    let account = w.account();
    let now = format!("'{}'::timestamptz", w.now().to_rfc3339());
    let Few {
        product,
        other_product,
        open_product,
        ..
    } = few;
    let owner = format!(
        "CASE WHEN {RARE} THEN '{product}'::uuid WHEN n % 983 = 0 THEN '{open_product}'::uuid \
         ELSE '{other_product}'::uuid END"
    );
    let inside = format!("CASE WHEN n % 991 = 0 THEN '{ENVIRONMENT}'::uuid END");
    let made = format!("{now} - n * interval '1 minute'");
    vec![
        format!(
            "INSERT INTO release_facets (id, account_id, kind, key, created_at, updated_at) \
             SELECT gen_random_uuid(), '{account}', kind, key, {now}, {now} FROM (VALUES \
             ('platform', 'linux'), ('platform', 'darwin'), ('arch', 'x64'), ('arch', 'arm64'), \
             ('filetype', 'zip'), ('filetype', 'dmg'), ('engine', 'npm'), ('engine', 'pypi'), \
             ('channel', 'stable'), ('channel', 'alpha'), ('channel', 'dev')) AS v (kind, key) \
             ON CONFLICT DO NOTHING"
        ),
        format!(
            "INSERT INTO release_packages (id, account_id, environment_id, product_id, name, key, \
             engine, metadata, created_at, updated_at) \
             SELECT md5('package-' || n)::uuid, '{account}', {inside}, {owner}, 'P', \
             'package-' || n, \
             CASE WHEN n % 977 = 0 THEN 'pypi' WHEN n % 2 = 0 THEN 'npm' END, '{{}}', {made}, {now} \
             FROM generate_series(1, 5000) n"
        ),
        format!(
            "INSERT INTO releases (id, account_id, environment_id, product_id, package_id, channel, \
             status, tag, version, version_major, version_minor, version_patch, api_version, \
             metadata, created_at, updated_at) \
             SELECT md5('release-' || n)::uuid, '{account}', {inside}, {owner}, \
             CASE WHEN n % 2 = 0 THEN md5('package-' || n / 4 + 1)::uuid END, \
             CASE WHEN n % 977 = 0 THEN 'dev' WHEN n % 971 = 0 THEN 'alpha' ELSE 'stable' END, \
             CASE WHEN n % 967 = 0 THEN 'DRAFT' WHEN n % 953 = 0 THEN 'YANKED' ELSE 'PUBLISHED' END, \
             CASE WHEN n % 10 = 0 THEN 'tag-' || n END, n || '.0.0', n, 0, 0, '1.8', '{{}}', \
             {made}, {now} FROM generate_series(1, 19999) n"
        ),
        format!(
            "INSERT INTO release_artifacts (id, account_id, environment_id, release_id, filename, \
             filetype, platform, arch, status, metadata, created_at, updated_at) \
             SELECT md5('artifact-' || n)::uuid, '{account}', {inside}, \
             md5('release-' || n % 19999 + 1)::uuid, 'file-' || n, \
             CASE WHEN n % 977 = 0 THEN 'dmg' WHEN n % 971 > 0 THEN 'zip' END, \
             CASE WHEN n % 967 = 0 THEN 'darwin' WHEN n % 953 > 0 THEN 'linux' END, \
             CASE WHEN n % 947 = 0 THEN 'arm64' WHEN n % 941 > 0 THEN 'x64' END, \
             CASE WHEN n % 937 = 0 THEN 'WAITING' WHEN n % 929 = 0 THEN 'FAILED' ELSE 'UPLOADED' END, \
             '{{}}', {made}, {now} FROM generate_series(1, 40000) n"
        ),
        format!(
            "INSERT INTO release_constraints (id, account_id, release_id, entitlement_id, \
             created_at, updated_at) \
             SELECT md5('constraint-' || n)::uuid, '{account}', md5('release-' || n * 3)::uuid, \
             md5('entitlement-' || n)::uuid, {made}, {now} FROM generate_series(1, 5000) n"
        ),
    ]
}
