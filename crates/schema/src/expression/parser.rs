//! Reading tokens into a tree, by precedence climbing with the levels of [`level`](super::write::level).

use super::functions::{find, is_value_word};
use super::lexer::{Spanned, Token, tokens};
use super::write::level;
use super::{BinaryOperator, Expr, Expression, ExpressionError, UnaryOperator};
use crate::keywords::is_keyword;
use crate::text::shown;
use crate::{BaseType, DataType, Name};

type Result<T> = std::result::Result<T, ExpressionError>;

/// How deep calls of the parser may nest. Writing a tree adds at most one bracket to each of its levels, so that
/// every tree within [`Expression::MAX_DEPTH`] can be written and read again.
const MAX_NESTING: usize = 2 * Expression::MAX_DEPTH + 2;

/// Reads a whole text.
///
/// # Errors
/// When the text is not exactly one expression of the grammar, or too large a one.
pub(super) fn parse(text: &str) -> Result<Expr> {
    let tokens = tokens(text)?;
    if tokens.is_empty() {
        return Err(ExpressionError::new(0, "type a value, such as 0, 'text' or now()"));
    }
    let mut parser = Parser { tokens: &tokens, at: 0, end: text.len(), nesting: 0, nodes: 0 };
    let expr = parser.expression(0)?;
    if let Some(next) = parser.peek() {
        return Err(ExpressionError::new(next.offset, trailing(&next.token)));
    }
    check_size(&expr)?;
    Ok(expr)
}

struct Parser<'a> {
    tokens: &'a [Spanned],
    at: usize,
    end: usize,
    nesting: usize,
    nodes: usize,
}

/// An operator after its left operand.
#[derive(Clone, Copy)]
enum Infix {
    Binary(BinaryOperator),
    /// `LIKE` and `ILIKE` in every spelling: PostgreSQL prints them as `~~` and the like, which bind as other
    /// operators do. The tree keeps NOT LIKE as NOT above LIKE.
    Like {
        operator: BinaryOperator,
        level: u8,
        not: bool,
    },
    Is,
    In(bool),
    Between(bool),
    Cast,
}

impl Infix {
    fn level(&self) -> u8 {
        match self {
            Self::Binary(operator) => operator.level(),
            Self::Like { level, .. } => *level,
            Self::Is => level::IS,
            Self::In(_) | Self::Between(_) => level::MEMBER,
            Self::Cast => level::CAST,
        }
    }

    fn chains(&self) -> bool {
        match self {
            Self::Binary(operator) => operator.chains(),
            Self::Like { level, .. } => *level == level::OTHER,
            Self::Cast => true,
            Self::Is | Self::In(_) | Self::Between(_) => false,
        }
    }
}

impl<'a> Parser<'a> {
    fn peek(&self) -> Option<&'a Spanned> {
        self.tokens.get(self.at)
    }

    fn peek_token(&self, ahead: usize) -> Option<&'a Token> {
        self.tokens.get(self.at + ahead).map(|spanned| &spanned.token)
    }

    fn offset(&self) -> usize {
        self.peek().map_or(self.end, |spanned| spanned.offset)
    }

    fn error<T>(&self, message: impl Into<String>) -> Result<T> {
        Err(ExpressionError::new(self.offset(), message))
    }

    fn is_word(&self, ahead: usize, word: &str) -> bool {
        matches!(self.peek_token(ahead), Some(Token::Word(text)) if text == word)
    }

    fn is_mark(&self, ahead: usize, mark: &str) -> bool {
        matches!(self.peek_token(ahead), Some(Token::Mark(text)) if *text == mark)
    }

    fn take_word(&mut self, word: &str) -> bool {
        let there = self.is_word(0, word);
        self.at += usize::from(there);
        there
    }

    fn take_mark(&mut self, mark: &str) -> bool {
        let there = self.is_mark(0, mark);
        self.at += usize::from(there);
        there
    }

    fn expect_mark(&mut self, mark: &str) -> Result<()> {
        if self.take_mark(mark) {
            return Ok(());
        }
        match self.peek() {
            Some(next) => self.error(format!("“{mark}” is expected before “{}”", describe(&next.token))),
            None => self.error(format!("“{mark}” is missing at the end")),
        }
    }

    /// Counts a part as soon as it is seen: a long chain of operators makes a tree that would be too deep to walk.
    fn count(&mut self) -> Result<()> {
        self.nodes += 1;
        if self.nodes > Expression::MAX_NODES {
            return self.error(format!("the expression has more than {} parts", Expression::MAX_NODES));
        }
        Ok(())
    }

    /// Reads operators that bind at least as tightly as `least`.
    fn expression(&mut self, least: u8) -> Result<Expr> {
        self.nesting += 1;
        if self.nesting > MAX_NESTING {
            return self.error("the expression is nested too deeply");
        }
        let (mut left, mut most) = self.prefix(least)?;
        while let Some((infix, length)) = self.infix() {
            let own = infix.level();
            if own < least {
                break;
            }
            // Two that cannot stand side by side, such as a < b < c. PostgreSQL allows some of what is refused
            // here, but few people could say what it means.
            if own > most {
                return self.error("put brackets around one of the parts, so that it is clear what belongs together");
            }
            self.count()?;
            self.at += length;
            most = if infix.chains() { own } else { own - 1 };
            left = self.apply(infix, left)?;
        }
        self.nesting -= 1;
        Ok(left)
    }

    /// An operand with the operators before it, and the tightest operator that may follow.
    fn prefix(&mut self, least: u8) -> Result<(Expr, u8)> {
        let operator = match self.peek_token(0) {
            Some(Token::Operator("-")) => UnaryOperator::Minus,
            Some(Token::Operator("+")) => UnaryOperator::Plus,
            Some(Token::Word(word)) if word == "not" => UnaryOperator::Not,
            Some(_) | None => return Ok((self.atom()?, level::ATOM)),
        };
        let own = if operator == UnaryOperator::Not { level::NOT } else { level::SIGN };
        if own < least {
            return self.error("put NOT and what follows it in brackets");
        }
        self.count()?;
        self.at += 1;
        let operand = self.expression(own)?;
        Ok((Expr::Unary(operator, Box::new(operand)), own))
    }

    /// The operator that comes next, and how many tokens it has.
    fn infix(&self) -> Option<(Infix, usize)> {
        use BinaryOperator as B;
        let binary = |operator| Some((Infix::Binary(operator), 1));
        let like = |operator, not| Some((Infix::Like { operator, level: level::MEMBER, not }, if not { 2 } else { 1 }));
        let tildes = |operator, not| Some((Infix::Like { operator, level: level::OTHER, not }, 1));
        match self.peek_token(0)? {
            Token::Mark("::") => Some((Infix::Cast, 1)),
            Token::Operator(text) => match *text {
                "=" => binary(B::Equal),
                "<>" | "!=" => binary(B::NotEqual),
                "<" => binary(B::Less),
                "<=" => binary(B::LessOrEqual),
                ">" => binary(B::Greater),
                ">=" => binary(B::GreaterOrEqual),
                "~" => binary(B::Matches),
                "~~" => tildes(B::Like, false),
                "~~*" => tildes(B::ILike, false),
                "!~~" => tildes(B::Like, true),
                "!~~*" => tildes(B::ILike, true),
                "||" => binary(B::Concat),
                "+" => binary(B::Add),
                "-" => binary(B::Subtract),
                "*" => binary(B::Multiply),
                "/" => binary(B::Divide),
                "%" => binary(B::Modulo),
                _ => None,
            },
            Token::Word(word) => match word.as_str() {
                "or" => binary(B::Or),
                "and" => binary(B::And),
                "like" => like(B::Like, false),
                "ilike" => like(B::ILike, false),
                "is" => Some((Infix::Is, 1)),
                "in" => Some((Infix::In(false), 1)),
                "between" => Some((Infix::Between(false), 1)),
                "not" if self.is_word(1, "like") => like(B::Like, true),
                "not" if self.is_word(1, "ilike") => like(B::ILike, true),
                "not" if self.is_word(1, "in") => Some((Infix::In(true), 2)),
                "not" if self.is_word(1, "between") => Some((Infix::Between(true), 2)),
                _ => None,
            },
            Token::Mark(_) | Token::Quoted(_) | Token::Number(_) | Token::String(_) => None,
        }
    }

    /// Reads what follows an operator.
    fn apply(&mut self, infix: Infix, left: Expr) -> Result<Expr> {
        let left = Box::new(left);
        Ok(match infix {
            Infix::Binary(operator) => {
                let right = self.expression(operator.level() + 1)?;
                Expr::Binary(operator, left, Box::new(right))
            }
            Infix::Like { operator, level, not } => {
                let like = Expr::Binary(operator, left, Box::new(self.expression(level + 1)?));
                if not { Expr::Unary(UnaryOperator::Not, Box::new(like)) } else { like }
            }
            Infix::Cast => Expr::Cast(left, self.data_type()?),
            Infix::Is => {
                let not = self.take_word("not");
                if !self.take_word("null") {
                    return self.error("after IS only NULL and NOT NULL are possible");
                }
                Expr::IsNull(left, not)
            }
            Infix::In(not) => {
                self.expect_mark("(")?;
                Expr::In(left, self.items()?, not)
            }
            Infix::Between(not) => {
                let low = self.expression(level::MEMBER + 1)?;
                if !self.take_word("and") {
                    return self.error("BETWEEN needs two bounds: BETWEEN low AND high");
                }
                let high = self.expression(level::MEMBER + 1)?;
                Expr::Between(left, Box::new(low), Box::new(high), not)
            }
        })
    }

    /// At least one expression, up to the closing bracket.
    fn items(&mut self) -> Result<Vec<Expr>> {
        let mut items = vec![self.expression(0)?];
        while self.take_mark(",") {
            items.push(self.expression(0)?);
        }
        self.expect_mark(")")?;
        Ok(items)
    }

    /// What stands by itself.
    fn atom(&mut self) -> Result<Expr> {
        if !self.is_mark(0, "(") {
            self.count()?;
        }
        let Some(next) = self.peek() else {
            return self.error("the expression ends too early; a value is missing");
        };
        match &next.token {
            Token::Number(text) => {
                self.at += 1;
                Ok(Expr::Number(text.clone()))
            }
            Token::String(text) => {
                self.at += 1;
                Ok(Expr::String(text.clone()))
            }
            Token::Quoted(name) => {
                if self.is_mark(1, "(") {
                    return self
                        .error(format!("“{}” is not a function that a default or check may use", name.as_str()));
                }
                self.at += 1;
                Ok(Expr::Column(name.clone()))
            }
            Token::Mark("(") => {
                self.at += 1;
                let inner = self.expression(0)?;
                self.expect_mark(")")?;
                Ok(inner)
            }
            Token::Word(word) => self.word(word),
            Token::Mark(_) | Token::Operator(_) => {
                self.error(format!("a value is missing before “{}”", describe(&next.token)))
            }
        }
    }

    fn word(&mut self, word: &str) -> Result<Expr> {
        if self.is_mark(1, "(") && word != "cast" {
            return self.call(word);
        }
        if matches!(self.peek_token(1), Some(Token::String(_))) {
            return self.typed_string(word);
        }
        let expr = match word {
            "null" => Expr::Null,
            "true" => Expr::Boolean(true),
            "false" => Expr::Boolean(false),
            "cast" => return self.cast(),
            word if is_value_word(word) => Expr::Keyword(word.to_owned()),
            word if is_keyword(word) => return self.error(keyword_message(word)),
            word => match Name::parse(word) {
                Ok(name) => Expr::Column(name),
                Err(error) => return self.error(error.to_string()),
            },
        };
        self.at += 1;
        Ok(expr)
    }

    fn call(&mut self, name: &str) -> Result<Expr> {
        let Some(function) = find(name) else {
            return self.error(call_message(name));
        };
        let start = self.offset();
        self.at += 2;
        let arguments = if self.take_mark(")") { Vec::new() } else { self.items()? };
        if !(function.min..=function.max).contains(&arguments.len()) {
            let message = format!("{name} takes {}, not {}", function.arity(), arguments.len());
            return Err(ExpressionError::new(start, message));
        }
        Ok(Expr::Call(function.name.to_owned(), arguments))
    }

    /// `CAST(expr AS type)`.
    fn cast(&mut self) -> Result<Expr> {
        self.at += 1;
        self.expect_mark("(")?;
        let operand = self.expression(0)?;
        if !self.take_word("as") {
            return self.error("CAST needs a type: CAST(value AS type)");
        }
        let data_type = self.data_type()?;
        self.expect_mark(")")?;
        Ok(Expr::Cast(Box::new(operand), data_type))
    }

    /// `date '2020-01-31'`, which is a cast written in front.
    fn typed_string(&mut self, word: &str) -> Result<Expr> {
        let data_type = DataType::parse(word).or_else(|_| {
            let message = format!("“{}” cannot stand before a string; it is not a type", shown(word));
            self.error(message)
        })?;
        // PostgreSQL reads bit '101' with no length, and '101'::bit with length 1.
        if matches!(data_type.base(), Some(BaseType::Bit | BaseType::VarBit | BaseType::Char)) {
            return self.error(format!("write the type after the string: '…'::{}(length)", shown(word)));
        }
        self.castable(&data_type, self.offset())?;
        self.at += 1;
        let Some(Token::String(text)) = self.peek_token(0) else {
            return self.error("a string is missing");
        };
        self.at += 1;
        Ok(Expr::Cast(Box::new(Expr::String(text.clone())), data_type))
    }

    /// Collects the tokens of one type and lets [`DataType`] judge them.
    fn data_type(&mut self) -> Result<DataType> {
        let start = self.offset();
        let Some(Token::Word(first)) = self.peek_token(0) else {
            return self.error("a type is missing, such as integer or text");
        };
        self.at += 1;
        let mut text = first.clone();
        if first == "double" && self.take_word("precision") {
            text.push_str(" precision");
        }
        if matches!(first.as_str(), "character" | "char" | "bit") && self.take_word("varying") {
            text.push_str(" varying");
        }
        self.type_arguments(&mut text)?;
        if matches!(first.as_str(), "time" | "timestamp") {
            self.type_zone(&mut text);
        }
        while self.take_mark("[") {
            self.expect_mark("]")?;
            text.push_str("[]");
        }
        let data_type = DataType::parse(&text).map_err(|error| ExpressionError::new(start, error.to_string()))?;
        self.castable(&data_type, start)?;
        Ok(data_type)
    }

    fn type_arguments(&mut self, text: &mut String) -> Result<()> {
        if !self.take_mark("(") {
            return Ok(());
        }
        text.push('(');
        loop {
            if let Some(Token::Operator("-")) = self.peek_token(0) {
                text.push('-');
                self.at += 1;
            }
            let Some(Token::Number(number)) = self.peek_token(0) else {
                return self.error("the arguments of a type are whole numbers");
            };
            text.push_str(number);
            self.at += 1;
            if !self.take_mark(",") {
                break;
            }
            text.push(',');
        }
        self.expect_mark(")")?;
        text.push(')');
        Ok(())
    }

    fn type_zone(&mut self, text: &mut String) {
        for word in ["with", "without"] {
            if self.is_word(0, word) && self.is_word(1, "time") && self.is_word(2, "zone") {
                text.push_str(&format!(" {word} time zone"));
                self.at += 3;
            }
        }
    }

    fn castable(&self, data_type: &DataType, offset: usize) -> Result<()> {
        if !data_type.has_sequence() {
            return Ok(());
        }
        let message = format!("{data_type} is for columns only; cast to {} instead", data_type.without_sequence());
        Err(ExpressionError::new(offset, message))
    }
}

/// The token as it may stand in a message.
fn describe(token: &Token) -> String {
    match token {
        Token::Word(text) | Token::Number(text) => shown(text),
        Token::Quoted(name) => shown(&format!("\"{}\"", name.as_str())),
        Token::String(text) => shown(&format!("'{text}'")),
        Token::Operator(text) | Token::Mark(text) => (*text).to_owned(),
    }
}

fn trailing(token: &Token) -> String {
    let what = describe(token);
    match token {
        Token::Mark("[") => "array elements are not possible here".to_owned(),
        Token::Mark(")") => "there is a “)” too many".to_owned(),
        Token::Word(word) if word == "collate" => "COLLATE is not possible here".to_owned(),
        Token::Word(_)
        | Token::Quoted(_)
        | Token::Number(_)
        | Token::String(_)
        | Token::Operator(_)
        | Token::Mark(_) => format!("the expression ends before “{what}”; only one value fits here"),
    }
}

fn call_message(name: &str) -> String {
    match name {
        "select" | "exists" | "any" | "all" | "some" | "array" | "values" | "with" | "table" => {
            format!("{} is not possible here; a default or check cannot look into tables", name.to_ascii_uppercase())
        }
        word if is_value_word(word) => format!("write {} without brackets", word.to_ascii_uppercase()),
        word => format!("the function {} is not on the list of those that a default or check may use", shown(word)),
    }
}

fn keyword_message(word: &str) -> String {
    match word {
        "select" | "values" | "table" | "with" | "exists" => {
            format!("{} is not possible here; a default or check cannot look into tables", word.to_ascii_uppercase())
        }
        "array" => "ARRAY is not possible here; write '{1,2}'::integer[]".to_owned(),
        "case" => "CASE is not possible here".to_owned(),
        "default" => "leave DEFAULT out and write the value itself".to_owned(),
        word => format!("{word} is a word of SQL; write a column of that name as \"{word}\""),
    }
}

/// Refuses a tree that is larger than [`Expression`] promises.
fn check_size(expr: &Expr) -> Result<()> {
    let (mut nodes, mut bytes) = (0_usize, 0_usize);
    expr.visit(&mut |node| {
        nodes += 1;
        if let Expr::String(text) | Expr::Number(text) = node {
            bytes += text.len();
        }
    });
    let most = Expression::MAX_LITERAL_BYTES;
    if bytes > most {
        let message = format!("the strings and numbers have {bytes} bytes together; at most {most} are possible");
        return Err(ExpressionError::new(0, message));
    }
    if nodes > Expression::MAX_NODES {
        let message = format!("the expression has {nodes} parts; at most {} are possible", Expression::MAX_NODES);
        return Err(ExpressionError::new(0, message));
    }
    if !within(expr, Expression::MAX_DEPTH) {
        return Err(ExpressionError::new(0, "the expression is nested too deeply"));
    }
    Ok(())
}

/// Whether the tree has at most `depth` levels.
fn within(expr: &Expr, depth: usize) -> bool {
    let Some(depth) = depth.checked_sub(1) else {
        return false;
    };
    match expr {
        Expr::Null | Expr::Boolean(_) | Expr::Number(_) | Expr::String(_) | Expr::Column(_) | Expr::Keyword(_) => true,
        Expr::Cast(operand, _) | Expr::Unary(_, operand) | Expr::IsNull(operand, _) => within(operand, depth),
        Expr::Binary(_, left, right) => within(left, depth) && within(right, depth),
        Expr::Call(_, arguments) => arguments.iter().all(|argument| within(argument, depth)),
        Expr::In(operand, list, _) => within(operand, depth) && list.iter().all(|item| within(item, depth)),
        Expr::Between(operand, low, high, _) => [operand, low, high].into_iter().all(|part| within(part, depth)),
    }
}
