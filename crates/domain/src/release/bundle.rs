//! Which of an app's files an updater is given (distribution reference §9.7).

/// What a file that only vouches for another is.
pub const SIGNATURE: &str = "sig";

/// How an updater likes a file by its name: more is better. What is packed for updaters comes before
/// installers, and NSIS before MSI.
pub fn preference(filename: &str) -> u8 {
    let ends = |ending: &str| filename.to_ascii_lowercase().ends_with(ending);
    let packed = ends(".zip") || ends(".gz");
    u8::from(packed) * 4 + u8::from(ends(".nsis.zip")) * 2 + u8::from(ends(".exe"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_made_for_updaters_is_liked_best() {
        let by_preference = [
            &["App_x64-setup.nsis.zip"][..],
            &["App_x64.msi.zip", "App.app.tar.gz", "App.AppImage.tar.gz"],
            &["App_x64-setup.exe", "App.EXE"],
            &["App_x64.msi", "App.AppImage", "App.dmg"],
        ];
        let liked: Vec<Vec<u8>> = by_preference
            .iter()
            .map(|names| names.iter().map(|name| preference(name)).collect())
            .collect();
        assert_eq!(liked, [vec![6], vec![4; 3], vec![1; 2], vec![0; 3]]);
    }
}
