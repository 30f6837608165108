//! Prints the style sheet of tokens: `cargo run -p diagram --example tokens > style/tokens.css`.

fn main() {
    print!("{}", diagram::Theme::css());
}
