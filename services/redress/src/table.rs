//! Tables for people: columns of one width, numbers to the right.

use std::fmt::Write;

/// Longer cells are cut on a page of many rows; `show` has them whole.
const MAX_CELL_CHARS: usize = 60;

#[derive(Debug)]
pub(crate) struct Table {
    head: Vec<&'static str>,
    rows: Vec<Vec<String>>,
}

impl Table {
    pub(crate) fn new(head: &[&'static str]) -> Self {
        Self {
            head: head.to_vec(),
            rows: Vec::new(),
        }
    }

    pub(crate) fn row<const N: usize>(&mut self, cells: [String; N]) {
        self.rows.push(
            cells
                .into_iter()
                .map(|cell| shorten(&clean(&cell)))
                .collect(),
        );
    }

    /// As [`Self::row`], for texts of our own that are copied from the table: hashes, ids.
    pub(crate) fn row_whole<const N: usize>(&mut self, cells: [String; N]) {
        self.rows
            .push(cells.into_iter().map(|cell| clean(&cell)).collect());
    }

    pub(crate) fn render(&self) -> String {
        let columns = 0..self.head.len();
        let cell = |row: &Vec<String>, column: usize| row.get(column).cloned().unwrap_or_default();
        let widths: Vec<usize> = columns
            .clone()
            .map(|column| {
                let cells = self.rows.iter().map(|row| width(&cell(row, column)));
                cells.chain([width(self.head[column])]).max().unwrap_or(0)
            })
            .collect();
        let is_number: Vec<bool> = columns
            .map(|column| {
                let mut cells = self.rows.iter().map(|row| cell(row, column));
                let filled = self.rows.iter().any(|row| !cell(row, column).is_empty());
                filled && cells.all(|cell| looks_like_a_number(&cell))
            })
            .collect();
        let mut text = String::new();
        let head = self.head.iter().map(|name| name.to_uppercase()).collect();
        for row in std::iter::once(&head).chain(&self.rows) {
            let mut line = String::new();
            for (column, width) in widths.iter().enumerate() {
                pad(&mut line, &cell(row, column), *width, is_number[column]);
            }
            let _ = writeln!(text, "{}", line.trim_end());
        }
        text
    }
}

/// Names and values, one a line; what is empty is left out.
pub(crate) fn fields(fields: &[(&str, String)]) -> String {
    let filled = || fields.iter().filter(|(_, value)| !value.is_empty());
    let longest = filled().map(|(name, _)| width(name)).max().unwrap_or(0);
    filled().fold(String::new(), |mut text, (name, value)| {
        let lines = clean_lines(value).replace('\n', &format!("\n{:longest$}  ", ""));
        let _ = writeln!(text, "{name:longest$}  {lines}");
        text
    })
}

fn pad(line: &mut String, cell: &str, width: usize, right: bool) {
    let _ = if right {
        write!(line, "{cell:>width$}  ")
    } else {
        write!(line, "{cell:width$}  ")
    };
}

fn width(text: &str) -> usize {
    text.chars().count()
}

fn looks_like_a_number(cell: &str) -> bool {
    let mut bytes = cell.bytes();
    bytes.all(|b| b.is_ascii_digit() || matches!(b, b'.' | b',' | b'-' | b' ' | b'%' | b'+'))
}

fn shorten(cell: &str) -> String {
    if width(cell) <= MAX_CELL_CHARS {
        return cell.to_owned();
    }
    let kept: String = cell.chars().take(MAX_CELL_CHARS - 1).collect();
    format!("{kept}…")
}

/// What a customer wrote must not move the cursor or change the terminal's colours.
pub(crate) fn clean(text: &str) -> String {
    clean_lines(text).replace('\n', " ")
}

fn clean_lines(text: &str) -> String {
    let harmless = |c: char| if c.is_control() && c != '\n' { ' ' } else { c };
    text.replace("\r\n", "\n").chars().map(harmless).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_stand_left_and_numbers_right() {
        let mut table = Table::new(&["product", "count"]);
        table.row(["Kettle".to_owned(), "7".to_owned()]);
        table.row(["Café".to_owned(), "1,120".to_owned()]);
        assert_eq!(
            table.render(),
            "PRODUCT  COUNT\nKettle       7\nCafé     1,120\n"
        );
    }

    #[test]
    fn words_of_a_customer_cannot_steer_the_terminal() {
        let mut table = Table::new(&["text"]);
        table.row(["\u{1b}[2Jgone\r\nnext\u{7}".to_owned()]);
        assert_eq!(table.render(), "TEXT\n [2Jgone next\n");
        assert_eq!(fields(&[("note", "a\nb".to_owned())]), "note  a\n      b\n");
    }

    #[test]
    fn a_long_cell_is_cut() {
        let mut table = Table::new(&["text"]);
        table.row(["x".repeat(200)]);
        assert!(
            table
                .render()
                .lines()
                .all(|line| line.chars().count() <= MAX_CELL_CHARS)
        );
    }
}
