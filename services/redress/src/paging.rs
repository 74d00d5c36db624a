//! A list as long as the caller asked for, however many pages a server answers it in.
//!
//! A server ends a page early where a filter holds most of what it looked at back. Nobody wants to see
//! that: the command goes on until it has what was asked for, or the list ends.

use crate::failure::Failure;

/// What a server answers, or several pages of it together.
#[derive(Debug)]
pub(crate) struct Listed<T> {
    pub(crate) items: Vec<T>,
    pub(crate) next_page_token: String,
    pub(crate) token: String,
    pub(crate) incomplete_from: String,
}

/// Asks for pages until `limit` items are there or the list ends. `ask` is given the size of the page,
/// and the token of the page before it. The first page is asked for as `limit` says, so that the
/// server judges it.
pub(crate) async fn up_to<T>(
    limit: u32,
    page_token: String,
    mut ask: impl AsyncFnMut(u32, String) -> Result<Listed<T>, Failure>,
) -> Result<Listed<T>, Failure> {
    let mut all = ask(limit, page_token).await?;
    loop {
        let found = u32::try_from(all.items.len()).unwrap_or(u32::MAX);
        // Of 0 the server chooses the size, and fills it as far as it looks.
        let missing = limit.saturating_sub(found);
        if missing == 0 || all.next_page_token.is_empty() {
            return Ok(all);
        }
        let page = ask(missing, std::mem::take(&mut all.next_page_token)).await?;
        all.items.extend(page.items);
        all.next_page_token = page.next_page_token;
        // What all of it has seen is what the first page saw; what one passed over, all lack.
        if all.incomplete_from.is_empty() {
            all.incomplete_from = page.incomplete_from;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A list of ten of which a filter lets every third through, four looked at for a page.
    async fn listed(limit: u32, from: &str) -> (Vec<u32>, String, Vec<u32>) {
        let mut sizes = Vec::new();
        let all = up_to(limit, from.to_owned(), async |size, token: String| {
            sizes.push(size);
            let from: u32 = token.parse().unwrap_or(0);
            let mut items = Vec::new();
            let mut at = from;
            while at < 10 && at < from + 4 && (items.len() as u32) < size {
                items.extend(at.is_multiple_of(3).then_some(at));
                at += 1;
            }
            Ok(Listed {
                items,
                next_page_token: if at < 10 {
                    at.to_string()
                } else {
                    String::new()
                },
                token: format!("seen {from}"),
                incomplete_from: String::new(),
            })
        });
        let all = all.await.unwrap();
        assert_eq!(
            all.token,
            format!("seen {}", if from.is_empty() { "0" } else { from })
        );
        (all.items, all.next_page_token, sizes)
    }

    #[tokio::test]
    async fn pages_are_asked_for_until_there_is_enough_or_no_more() {
        assert_eq!(listed(2, "").await, (vec![0, 3], "4".to_owned(), vec![2]));
        assert_eq!(
            listed(3, "").await,
            (vec![0, 3, 6], "7".to_owned(), vec![3, 1])
        );
        assert_eq!(
            listed(50, "4").await,
            (vec![6, 9], String::new(), vec![50, 49])
        );
    }

    #[tokio::test]
    async fn a_refused_page_is_the_answer() {
        let refused = up_to(501, String::new(), async |_, _| {
            Err::<Listed<()>, _>(Failure::usage("PAGE_SIZE_INVALID", "too many"))
        });
        assert_eq!(refused.await.unwrap_err().code(), "PAGE_SIZE_INVALID");
    }
}
