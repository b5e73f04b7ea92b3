//! The attribute that runs one test on both databases.
#![deny(missing_docs)]

use proc_macro::{TokenStream, TokenTree};

/// Makes two tests, `name::sqlite` and `name::postgres`, of an `async fn name(x: X)`; `X` implements
/// `testkit::ForDatabase`.
#[proc_macro_attribute]
pub fn on_every_database(_: TokenStream, item: TokenStream) -> TokenStream {
    let Some(name) = function_name(item.clone()) else {
        return tokens("compile_error!(\"`on_every_database` stands before an `async fn`\");");
    };
    // The function and the module may share a name: one is a value, the other is not.
    let tests = format!(
        "#[cfg(test)]
        mod {name} {{
            #[test]
            fn sqlite() {{
                ::testkit::run(::testkit::Engine::Sqlite, super::{name});
            }}
            #[test]
            fn postgres() {{
                ::testkit::run(::testkit::Engine::Postgres, super::{name});
            }}
        }}"
    );
    item.into_iter().chain(tokens(&tests)).collect()
}

fn function_name(item: TokenStream) -> Option<String> {
    let mut tokens = item.into_iter();
    tokens.find(|token| matches!(token, TokenTree::Ident(word) if word.to_string() == "fn"))?;
    tokens.next().map(|name| name.to_string())
}

fn tokens(text: &str) -> TokenStream {
    text.parse().unwrap_or_default()
}
