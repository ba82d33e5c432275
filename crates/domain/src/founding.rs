//! Founding an account: what it is called when nobody says (identity reference §16.1).

/// Providers whose mailboxes anybody can have: their domains say nothing about a founder's company.
/// Throw-away providers count as well.
#[rustfmt::skip]
const PUBLIC: &[&str] = &[
    "10minutemail.com", "126.com", "163.com", "aim.com", "aol.com", "att.net", "bellsouth.net",
    "bluewin.ch", "bol.com.br", "btinternet.com", "comcast.net", "cox.net", "dispostable.com",
    "duck.com", "earthlink.net", "email.com", "emailondeck.com", "fastmail.com", "fastmail.fm",
    "foxmail.com", "free.fr", "gmail.com", "gmx.at", "gmx.ch", "gmx.com", "gmx.de", "gmx.net",
    "googlemail.com", "guerrillamail.com", "hey.com", "hotmail.co.uk", "hotmail.com", "hotmail.de",
    "hotmail.fr", "hotmail.it", "hushmail.com", "icloud.com", "inbox.com", "inbox.lv", "laposte.net",
    "libero.it", "live.co.uk", "live.com", "live.nl", "mac.com", "mail.com", "mail.ru",
    "mailcatch.com", "maildrop.cc", "mailinator.com", "mailnesia.com", "mailnull.com", "me.com",
    "mintemail.com", "moakt.com", "mohmal.com", "msn.com", "mytemp.email", "naver.com",
    "orange.fr", "outlook.com", "outlook.de", "outlook.fr", "pm.me", "posteo.de", "proton.me",
    "protonmail.ch", "protonmail.com", "qq.com", "rambler.ru", "rediffmail.com", "rocketmail.com",
    "sbcglobal.net", "seznam.cz", "sfr.fr", "sharklasers.com", "sina.com", "spamgourmet.com",
    "t-online.de", "temp-mail.org", "tempmail.com", "tempr.email", "throwawaymail.com",
    "trashmail.com", "trashmail.de", "tuta.com", "tuta.io", "tutanota.com", "uol.com.br",
    "verizon.net", "vodafone.it", "wanadoo.fr", "web.de", "wp.pl", "yahoo.ca", "yahoo.co.in",
    "yahoo.co.jp", "yahoo.co.uk", "yahoo.com", "yahoo.de", "yahoo.fr", "yandex.com", "yandex.ru",
    "yeah.net", "ymail.com", "yopmail.com", "zoho.com",
];

words! {
    /// What a founder of an account is: an admin.
    FounderRole {
        Admin = "admin",
    }
}

/// Where a name was taken from: it decides what happens when the slug is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The host of the founder's address: a company, which has an account already.
    Company,
    /// The founder's mailbox at a public provider: a person, whose namesakes may have accounts.
    Person,
}

/// What an account is called after its founder's address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Names {
    /// What names it in paths.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// What the two were taken from.
    pub origin: Origin,
}

/// The names of an account whose founder has this address, in lower case; nothing when the address
/// is none.
pub fn names_after(email: &str) -> Option<Names> {
    let (mailbox, host) = email.split_once('@')?;
    let (text, origin) = match is_public(host) {
        true => (mailbox, Origin::Person),
        false => (host, Origin::Company),
    };
    Some(Names {
        slug: slug_of(text),
        name: text.to_owned(),
        origin,
    })
}

fn is_public(host: &str) -> bool {
    let school = host.ends_with(".edu") || host.contains(".edu.") || host.contains(".ac.");
    school || PUBLIC.binary_search(&host).is_ok()
}

/// A text as a slug: what is neither letter nor digit becomes a dash, none of them at the ends.
fn slug_of(text: &str) -> String {
    let dashed = text.to_ascii_lowercase().replace(
        |letter: char| !letter.is_ascii_lowercase() && !letter.is_ascii_digit(),
        "-",
    );
    dashed.trim_matches('-').to_owned()
}

/// Words for the ends of slugs: short, friendly, and about nothing.
#[rustfmt::skip]
const WORDS: [&str; 32] = [
    "amber", "birch", "brook", "cedar", "cloud", "coral", "delta", "dune", "ember", "fern", "field",
    "grove", "harbor", "hazel", "island", "juniper", "lagoon", "lark", "maple", "meadow", "moss",
    "north", "ocean", "olive", "pebble", "pine", "quartz", "river", "sage", "summit", "tide", "willow",
];

/// A slug that is taken, told apart from its namesakes by chance.
pub fn namesake(slug: &str, chance: u64) -> String {
    let word = |shift: u32| WORDS[usize::try_from((chance >> shift) % 32).unwrap_or_default()];
    let number = 1000 + (chance >> 20) % 9000;
    format!("{slug}-{}-{}-{number}", word(0), word(5))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_is_called_after_the_company_or_the_person() {
        use Origin::{Company, Person};

        assert!(PUBLIC.is_sorted(), "it is searched by halves");
        #[rustfmt::skip]
        let table = [
            ("ada@acme.example",             Some(("acme-example", "acme.example", Company))),
            ("ada@mail.acme.example",        Some(("mail-acme-example", "mail.acme.example", Company))),
            ("ada.byron@gmail.com",          Some(("ada-byron", "ada.byron", Person))),
            ("ada_byron@mailinator.com",     Some(("ada-byron", "ada_byron", Person))),
            ("-ada-@icloud.com",             Some(("ada", "-ada-", Person))),
            ("ada@cs.oxbridge.ac.uk",        Some(("ada", "ada", Person))),
            ("ada@oxbridge.edu",             Some(("ada", "ada", Person))),
            ("ada",                          None),
        ];
        for (email, expected) in table {
            let told = names_after(email);
            let told = told
                .as_ref()
                .map(|n| (n.slug.as_str(), n.name.as_str(), n.origin));
            assert_eq!(told, expected, "{email}");
        }
    }

    #[test]
    fn namesakes_have_slugs_that_are_slugs() {
        assert_eq!(namesake("ada", 0), "ada-amber-amber-1000");
        assert_eq!(namesake("ada", u64::MAX), "ada-willow-willow-3415");
    }
}
