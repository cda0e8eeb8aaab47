//! What an expression made of literals comes to: the ways to write a word so that a search does
//! not find it.

use base64::{
    Engine, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use oxc_ast::ast::{
    Argument, ArrayExpressionElement, BinaryExpression, BinaryOperator, CallExpression, Expression,
    MemberExpression,
};

/// The most characters a folded text may have.
const MAX_LENGTH: usize = 1 << 16;
/// How many texts are added up.
const MAX_PARTS: usize = 1 << 12;
/// How many calls deep a text is followed.
const MAX_DEPTH: u32 = 8;

const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// The text that an expression always has, where it is made of literals alone.
pub(super) fn text(expression: &Expression<'_>) -> Option<String> {
    fold(expression, MAX_DEPTH)
}

fn fold(expression: &Expression<'_>, depth: u32) -> Option<String> {
    let depth = depth.checked_sub(1)?;
    match expression {
        Expression::StringLiteral(literal) => bounded(literal.value.to_string()),
        Expression::NumericLiteral(number) => Some(number.value.to_string()),
        Expression::TemplateLiteral(template) => {
            let mut out = String::new();
            let mut values = template.expressions.iter();
            for quasi in &template.quasis {
                out.push_str(quasi.value.cooked.as_ref()?.as_str());
                if !quasi.tail {
                    out.push_str(&fold(values.next()?, depth)?);
                }
            }
            bounded(out)
        }
        Expression::BinaryExpression(sum) => fold_sum(sum, depth),
        Expression::CallExpression(call) => fold_call(call, depth),
        _ => None,
    }
}

/// The texts that a sum always contains: its runs of neighbouring literals, put together.
///
/// A chain of additions is as deep as it is long, so its left side is followed in a loop.
pub(super) fn runs(sum: &BinaryExpression<'_>) -> Vec<String> {
    let mut texts = Vec::new();
    let mut run: Vec<String> = Vec::new();
    let mut close = |run: &mut Vec<String>| {
        if run.len() > 1 {
            texts.extend(bounded(run.drain(..).rev().collect()));
        }
        run.clear();
    };
    for part in parts(sum) {
        match fold(part, MAX_DEPTH) {
            Some(text) => run.push(text),
            None => close(&mut run),
        }
    }
    close(&mut run);
    texts
}

/// The summands, last first.
fn parts<'s, 'a>(sum: &'s BinaryExpression<'a>) -> Vec<&'s Expression<'a>> {
    let mut parts = vec![&sum.right];
    let mut left = &sum.left;
    while let Expression::BinaryExpression(inner) = left
        && inner.operator == BinaryOperator::Addition
        && parts.len() < MAX_PARTS
    {
        parts.push(&inner.right);
        left = &inner.left;
    }
    parts.push(left);
    parts
}

fn fold_sum(sum: &BinaryExpression<'_>, depth: u32) -> Option<String> {
    if sum.operator != BinaryOperator::Addition {
        return None;
    }
    let parts = parts(sum);
    if !parts.iter().any(|part| is_texty(part)) {
        return None;
    }
    let texts = parts.iter().rev().map(|part| fold(part, depth));
    bounded(texts.collect::<Option<String>>()?)
}

fn is_texty(expression: &Expression<'_>) -> bool {
    !matches!(expression, Expression::NumericLiteral(_))
}

fn bounded(text: String) -> Option<String> {
    (text.len() <= MAX_LENGTH).then_some(text)
}

/// `[…].join(x)`, `"…".split("").reverse().join("")`, `String.fromCharCode(…)`, `atob("…")`,
/// `Buffer.from("…", "hex").toString()`, `decodeURIComponent("%65…")`.
fn fold_call(call: &CallExpression<'_>, depth: u32) -> Option<String> {
    let argument = |at: usize| call.arguments.get(at).and_then(Argument::as_expression);
    if let Expression::Identifier(name) = &call.callee {
        return match name.name.as_str() {
            "atob" => decode(&fold(argument(0)?, depth)?, "base64"),
            "unescape" | "decodeURIComponent" | "decodeURI" => percent(&fold(argument(0)?, depth)?),
            _ => None,
        };
    }
    let member = call.callee.as_member_expression()?;
    match member.static_property_name()? {
        "join" => {
            let glue = match argument(0) {
                Some(glue) => fold(glue, depth)?,
                None => ",".to_owned(),
            };
            bounded(list(member.object(), depth)?.join(&glue))
        }
        "fromCharCode" | "fromCodePoint" => {
            let codes = call.arguments.iter().map(|argument| match argument.as_expression() {
                Some(Expression::NumericLiteral(number)) => char_of(number.value),
                _ => None,
            });
            codes.collect()
        }
        "toString" => decoded_buffer(member, depth),
        "concat" => {
            let mut out = fold(member.object(), depth)?;
            for argument in &call.arguments {
                out.push_str(&fold(argument.as_expression()?, depth)?);
            }
            bounded(out)
        }
        _ => None,
    }
}

fn char_of(code: f64) -> Option<char> {
    (0.0..=1_114_111.0)
        .contains(&code)
        .then(|| format!("{code:.0}").parse().ok().and_then(char::from_u32))?
}

fn decoded_buffer(member: &MemberExpression<'_>, depth: u32) -> Option<String> {
    let Expression::CallExpression(inner) = member.object() else { return None };
    let from = inner.callee.as_member_expression()?;
    let is_buffer = from.object().is_specific_id("Buffer");
    if !is_buffer || from.static_property_name() != Some("from") {
        return None;
    }
    let argument = |at: usize| inner.arguments.get(at).and_then(Argument::as_expression);
    decode(&fold(argument(0)?, depth)?, &fold(argument(1)?, depth)?)
}

/// Decodes hex or base64 that comes to readable text.
pub(super) fn decode(text: &str, encoding: &str) -> Option<String> {
    let bytes = match encoding {
        "hex" => {
            let pairs = text.as_bytes().chunks_exact(2);
            pairs
                .map(|pair| u8::from_str_radix(str::from_utf8(pair).ok()?, 16).ok())
                .collect::<Option<Vec<_>>>()?
        }
        "base64" | "base64url" => {
            let plain = text.replace('-', "+").replace('_', "/");
            LENIENT.decode(plain.trim()).ok()?
        }
        _ => return None,
    };
    String::from_utf8(bytes).ok()
}

fn percent(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        let code =
            after.get(..2).filter(|_| byte == b'%').and_then(|pair| str::from_utf8(pair).ok());
        let value = code.and_then(|pair| u8::from_str_radix(pair, 16).ok());
        bytes.push(value.unwrap_or(byte));
        rest = if value.is_some() { after.get(2..).unwrap_or_default() } else { after };
    }
    String::from_utf8(bytes).ok()
}

/// The texts of a list: an array of literals, a text split, a list reversed.
fn list(expression: &Expression<'_>, depth: u32) -> Option<Vec<String>> {
    let depth = depth.checked_sub(1)?;
    match expression {
        Expression::ArrayExpression(array) => {
            array.elements.iter().map(|element| element_text(element, depth)).collect()
        }
        Expression::CallExpression(call) => {
            let member = call.callee.as_member_expression()?;
            match member.static_property_name()? {
                "reverse" => {
                    let mut items = list(member.object(), depth)?;
                    items.reverse();
                    Some(items)
                }
                "split" => {
                    let whole = fold(member.object(), depth)?;
                    let by = fold(call.arguments.first()?.as_expression()?, depth)?;
                    Some(if by.is_empty() {
                        whole.chars().map(String::from).collect()
                    } else {
                        whole.split(&by).map(str::to_owned).collect()
                    })
                }
                _ => None,
            }
        }
        _ => None,
    }
}

fn element_text(element: &ArrayExpressionElement<'_>, depth: u32) -> Option<String> {
    element.as_expression().and_then(|expression| fold(expression, depth))
}
