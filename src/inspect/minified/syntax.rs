//! Small questions about expressions.

use oxc_ast::ast::{Expression, MemberExpression};

use super::{fold, words};

/// `x[0]`, `x[i++]`, `x[Symbol.iterator]`: calls by place, not by name.
pub(super) fn is_index(key: &Expression<'_>) -> bool {
    match key {
        Expression::NumericLiteral(_) | Expression::UpdateExpression(_) => true,
        Expression::StaticMemberExpression(member) => member.object.is_specific_id("Symbol"),
        _ => false,
    }
}

pub(super) fn is_empty_array(expression: &Expression<'_>) -> bool {
    matches!(expression, Expression::ArrayExpression(array) if array.elements.is_empty())
}

pub(super) fn is_text(expression: &Expression<'_>) -> bool {
    match expression {
        Expression::StringLiteral(_) | Expression::TemplateLiteral(_) => true,
        Expression::BinaryExpression(sum) => is_text(&sum.left) || is_text(&sum.right),
        _ => false,
    }
}

/// What all objects of a kind share, reached without its name: `x.__proto__`,
/// `Object.getPrototypeOf(x)`, `x.constructor.prototype`.
pub(super) fn is_reached_prototype(expression: &Expression<'_>) -> bool {
    match expression {
        Expression::CallExpression(call) => {
            let callee = call.callee.as_member_expression();
            callee.and_then(MemberExpression::static_property_name) == Some("getPrototypeOf")
        }
        expression => expression.as_member_expression().is_some_and(|member| {
            match member.static_property_name() {
                Some("__proto__") => true,
                Some("prototype") => {
                    let owner = member.object().as_member_expression();
                    owner.and_then(MemberExpression::static_property_name) == Some("constructor")
                }
                _ => false,
            }
        }),
    }
}

pub(super) fn is_process_env(expression: &Expression<'_>) -> bool {
    let Expression::StaticMemberExpression(member) = expression else { return false };
    member.property.name == "env" && member.object.is_specific_id("process")
}

/// What `require("x")` requires.
pub(super) fn required(expression: &Expression<'_>) -> Option<String> {
    let Expression::CallExpression(call) = expression else { return None };
    if !call.callee.is_specific_id("require") {
        return None;
    }
    fold::text(call.arguments.first()?.as_expression()?)
}

pub(super) fn is_network_module(object: &Expression<'_>) -> bool {
    match object {
        Expression::Identifier(id) => matches!(id.name.as_str(), "http" | "https" | "http2"),
        other => required(other).is_some_and(|name| {
            words::builtin(&name).is_some_and(|(name, _)| words::is_network_builtin(name))
        }),
    }
}
