//! The description as a page for people, which loads nothing from anywhere else.

use poem_openapi::OpenApiService;

/// The page that shows a finished document.
pub fn page(document: &str) -> String {
    // The reader's page is made for a document of its own: put ours in its place.
    let empty = OpenApiService::new((), "", "");
    let page = empty.redoc_html();
    let shown = page.replace(&empty.spec(), &within_script(document));
    let shown = shown.replace("<title>Redoc</title>", "<title>Keystead API</title>");
    without_foreign_fonts(&shown)
}

/// JSON that can't end the script element it stands in.
fn within_script(document: &str) -> String {
    document.trim_end().replace("</", "<\\/")
}

fn without_foreign_fonts(page: &str) -> String {
    page.lines()
        .filter(|line| !line.contains("fonts.googleapis.com/css"))
        .fold(String::with_capacity(page.len()), |mut kept, line| {
            kept.push_str(line);
            kept.push('\n');
            kept
        })
}
