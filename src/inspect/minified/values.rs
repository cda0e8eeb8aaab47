//! What gives power by being handed on or written to, instead of being called.

use oxc_ast::ast::{Argument, AssignmentTarget, Expression, PropertyKey};

use super::{
    collect::Collector,
    facts::Call,
    fold,
    syntax::{is_process_env, is_reached_prototype},
    words,
};

/// The deepest `a ? b : c || d` that is looked into.
const MAX_BRANCHES: usize = 32;

impl Collector<'_> {
    /// `String.prototype.replace = …`, `window.fetch = …`, `JSON.parse = …`, `x.__proto__.y = …`.
    pub(super) fn assigned(&mut self, target: &AssignmentTarget<'_>) {
        let (object, property) = match target {
            AssignmentTarget::StaticMemberExpression(member) => {
                (&member.object, Some(member.property.name.as_str()))
            }
            AssignmentTarget::ComputedMemberExpression(member) => (&member.object, None),
            _ => return,
        };
        if is_reached_prototype(object) {
            return self.call(Call::Patch);
        }
        let Some(property) = property else { return };
        let owner = match object {
            Expression::StaticMemberExpression(inner) if inner.property.name == "prototype" => {
                &inner.object
            }
            other => other,
        };
        let Expression::Identifier(id) = owner else { return };
        let is_page = matches!(id.name.as_str(), "window" | "globalThis" | "self" | "global")
            && is_platform(property);
        if (is_platform(&id.name) || is_page) && self.is_global(id) {
            self.call(Call::Patch);
        }
    }

    /// A value that is neither called nor looked into.
    pub(super) fn value(&mut self, expression: &Expression<'_>) {
        self.value_within(expression, MAX_BRANCHES);
    }

    fn value_within(&mut self, expression: &Expression<'_>, depth: usize) {
        let Some(depth) = depth.checked_sub(1) else { return };
        match expression {
            Expression::Identifier(id) if self.is_global(id) => match id.name.as_str() {
                "require" => self.call(Call::RequireAlias),
                "Function" => self.call(Call::Function),
                "setTimeout" | "setInterval" => self.call(Call::TimerAlias),
                _ => {}
            },
            Expression::ConditionalExpression(either) => {
                self.value_within(&either.consequent, depth);
                self.value_within(&either.alternate, depth);
            }
            Expression::LogicalExpression(either) => {
                self.value_within(&either.left, depth);
                self.value_within(&either.right, depth);
            }
            Expression::SequenceExpression(sequence) => {
                if let Some(last) = sequence.expressions.last() {
                    self.value_within(last, depth);
                }
            }
            Expression::StaticMemberExpression(member)
                if member.property.name == "prototype"
                    && matches!(&member.object, Expression::Identifier(id)
                        if is_platform(&id.name) && self.is_global(id)) =>
            {
                self.call(Call::Prototype);
            }
            member if is_process_env(member) => self.call(Call::Environment),
            // The constructor of any constructor is `Function`.
            member if is_constructor_of(member, |inner| is_constructor_of(inner, |_| true)) => {
                self.call(Call::Constructor);
            }
            _ => {}
        }
    }

    pub(super) fn values(&mut self, arguments: &[Argument<'_>]) {
        for argument in arguments {
            match argument {
                Argument::SpreadElement(spread) => self.value(&spread.argument),
                other => {
                    if let Some(expression) = other.as_expression() {
                        self.value(expression);
                    }
                }
            }
        }
    }

    /// `require.cache`, `module.children`: other modules, without their names.
    pub(super) fn loader_member(&mut self, object: &Expression<'_>, property: &str) {
        let leads_on = match property {
            "cache" | "extensions" => self.is_global_named(object, "require"),
            "children" | "parent" | "constructor" => self.is_global_named(object, "module"),
            _ => false,
        };
        if leads_on {
            self.call(Call::RequireAlias);
        }
    }

    /// `{ constructor: c } = …`: the constructor of a function makes functions of text.
    pub(super) fn taken_out(&mut self, key: &PropertyKey<'_>) {
        let is_constructor = match key {
            PropertyKey::StaticIdentifier(name) => name.name == "constructor",
            PropertyKey::StringLiteral(name) => name.value == "constructor",
            key => key.as_expression().and_then(fold::text).as_deref() == Some("constructor"),
        };
        if is_constructor {
            self.call(Call::Constructor);
        }
    }
}

/// `x.constructor`, where `x` is as `owner` wants it.
fn is_constructor_of(
    expression: &Expression<'_>,
    owner: impl FnOnce(&Expression<'_>) -> bool,
) -> bool {
    expression.as_member_expression().is_some_and(|member| {
        member.static_property_name() == Some("constructor") && owner(member.object())
    })
}

fn is_platform(name: &str) -> bool {
    words::is_pure_global(name) || words::is_powerful_global(name)
}
