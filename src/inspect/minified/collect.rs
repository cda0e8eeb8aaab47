//! From the text of one file to its [`Facts`], in one walk over the syntax tree.

use std::hash::Hasher as _;

use oxc_allocator::Allocator;
use oxc_ast::{
    AstKind,
    ast::{
        ArrayExpression, BinaryExpression, BinaryOperator, BindingIdentifier, CallExpression,
        ComputedMemberExpression, Directive, ExportAllDeclaration, ExportFromDeclaration,
        Expression, IdentifierName, IdentifierReference, ImportDeclaration, ImportExpression,
        NewExpression, NumericLiteral, PrivateIdentifier, Program, RegExpLiteral, StringLiteral,
        TaggedTemplateExpression, TemplateElement,
    },
};
use oxc_ast_visit::{Visit, walk};
use oxc_parser::{ParseOptions, Parser};
use oxc_semantic::{Scoping, SemanticBuilder, Stats};
use oxc_span::{GetSpan, SourceType, Span};

use super::{
    explain,
    facts::{Call, Facts, FunctionFacts, Hidden},
    fold, hidden, hosts,
    sandbox::{self, Unchecked},
    shape::{Mixer, Open, hash_of},
    syntax::{is_empty_array, is_index},
    words,
};

/// An array with at least this many elements may be data in disguise.
const LONG_ARRAY: usize = 16;
/// The most elements of an array that are kept.
const MAX_ELEMENTS: usize = 4096;
/// A comment shorter than this, white space aside, hides nothing.
const LONG_COMMENT: usize = 24;
/// The least size of a wrapper, as a part of the file: one half.
const WRAPPER_PART: u32 = 2;

/// The facts of a file.
///
/// # Errors
/// [`Unchecked`]: too large, too deep, too slow, not JavaScript.
pub(super) fn facts(path: &str, text: String) -> Result<Facts, Unchecked> {
    let kinds = source_types(path);
    sandbox::run(text, move |text| {
        kinds.into_iter().find_map(|kind| parse(text, kind)).ok_or(Unchecked::Syntax)
    })
}

/// How a file of this name may be read, the likeliest way first.
fn source_types(path: &str) -> Vec<SourceType> {
    let ending = path.rsplit('.').next().unwrap_or_default();
    match ending {
        "ts" | "mts" | "cts" => vec![SourceType::ts()],
        "tsx" => vec![SourceType::tsx()],
        "mjs" => vec![SourceType::mjs()],
        "jsx" => vec![SourceType::jsx()],
        _ => vec![SourceType::unambiguous(), SourceType::jsx(), SourceType::ts()],
    }
}

fn parse(text: &str, kind: SourceType) -> Option<Facts> {
    let allocator = Allocator::default();
    let options = ParseOptions {
        allow_return_outside_function: true,
        preserve_parens: false,
        allow_v8_intrinsics: true,
        ..ParseOptions::default()
    };
    let parsed = Parser::new(&allocator, text, kind).with_options(options).parse();
    if parsed.panicked {
        return None;
    }
    let program = allocator.alloc(parsed.program);
    let semantic = SemanticBuilder::new().with_stats(estimate(text)).build(program).semantic;
    let scoping = semantic.into_scoping();
    let mut collector = Collector::new(&scoping, text);
    collector.visit_program(program);
    Some(collector.finish(program))
}

/// What is reserved for a text of this size: a few lists grow once or twice, which costs less than
/// the walk through the whole tree that would count them.
fn estimate(text: &str) -> Stats {
    let each = |bytes: usize| u32::try_from(text.len() / bytes).unwrap_or_default();
    Stats { nodes: 0, scopes: each(80), symbols: each(40), references: each(16) }
}

pub(super) struct Collector<'s> {
    scoping: &'s Scoping,
    text: &'s str,
    facts: Facts,
    open: Vec<Open>,
    /// Spans of outermost functions, in order.
    functions: Vec<Span>,
    hex_names: u32,
    /// The sum that is a part of the one just seen.
    inner_sum: Option<Span>,
}

impl<'s> Collector<'s> {
    fn new(scoping: &'s Scoping, text: &'s str) -> Self {
        let open = vec![Open::new()];
        Self {
            scoping,
            text,
            facts: Facts::default(),
            open,
            functions: Vec::new(),
            hex_names: 0,
            inner_sum: None,
        }
    }

    fn finish(mut self, program: &Program<'_>) -> Facts {
        while let Some(open) = self.open.pop() {
            if open.sends {
                self.facts.sent_hosts.extend(open.hosts);
            }
            self.facts.shape = open.shape.finish();
        }
        // The whole is its top level and all its functions, in order.
        let mut whole = Mixer(self.facts.shape);
        for function in &self.facts.functions {
            whole.mix(function.shape);
        }
        self.facts.shape = whole.finish();
        for comment in &program.comments {
            let is_inner = self.functions.iter().any(|span| span.contains_inclusive(comment.span));
            if is_inner {
                self.inner_comment(comment.span);
            }
        }
        if self.hex_names >= 8 {
            self.facts.hidden.insert(Hidden::HexNames, self.hex_names);
        }
        hidden::scan(self.text, &mut self.facts.hidden);
        self.facts
    }

    fn inner_comment(&mut self, span: Span) {
        let text = span.source_text(self.text);
        let dense: String = text.chars().filter(|c| !c.is_whitespace()).collect();
        if dense.len() >= LONG_COMMENT {
            self.facts.inner_comments.insert(dense.into());
        }
    }

    fn shape(&mut self, word: u64) {
        if let Some(open) = self.open.last_mut() {
            open.shape.mix(word);
        }
    }

    /// A property name or literal: part of the shape and of the function's words.
    fn word(&mut self, text: &str) {
        let hash = hash_of(text);
        if let Some(open) = self.open.last_mut() {
            open.shape.mix(hash);
            if open.words.len() < MAX_ELEMENTS {
                open.words.push(u32::try_from(hash & u64::from(u32::MAX)).unwrap_or_default());
            }
        }
    }

    fn name(&mut self, text: &str) {
        self.word(text);
        self.note(text);
    }

    /// A name that is known, without being written so.
    pub(super) fn note(&mut self, text: &str) {
        self.sensitive(text);
        if !self.facts.names.contains(text) {
            self.facts.names.insert(text.into());
            self.facts.secrets.extend(words::secrets(text));
            for host in hosts::of(text) {
                if let Some(open) = self.open.last_mut() {
                    open.hosts.push(host.as_str().into());
                }
                self.facts.hosts.insert(host.into());
            }
        } else if text.contains("//") {
            for host in hosts::of(text) {
                if let Some(open) = self.open.last_mut() {
                    open.hosts.push(host.into());
                }
            }
        }
    }

    fn sensitive(&mut self, text: &str) {
        if let Some(word) = words::sensitive(text) {
            *self.facts.words.entry(word).or_default() += 1;
        }
    }

    fn local(&mut self, text: &str) {
        if let Some(open) = self.open.last_mut() {
            open.spelling.mix(hash_of(text));
        }
        if text.starts_with("_0x") {
            self.hex_names = self.hex_names.saturating_add(1);
        }
        if !text.is_ascii() && hidden::looks_alike(text) {
            *self.facts.hidden.entry(Hidden::LookAlike).or_default() += 1;
        }
        if !self.facts.locals.contains(text) {
            self.facts.locals.insert(text.into());
        }
    }

    pub(super) fn call(&mut self, call: Call) {
        *self.facts.calls.entry(call).or_default() += 1;
        if call == Call::Send
            && let Some(open) = self.open.last_mut()
        {
            open.sends = true;
        }
    }

    pub(super) fn is_global(&self, reference: &IdentifierReference<'_>) -> bool {
        let id = reference.reference_id.get();
        id.is_none_or(|id| self.scoping.get_reference(id).symbol_id().is_none())
    }

    pub(super) fn is_global_named(&self, expression: &Expression<'_>, name: &str) -> bool {
        matches!(expression, Expression::Identifier(id) if id.name == name && self.is_global(id))
    }

    pub(super) fn require(&mut self, specifier: &str) {
        self.facts.requires.insert(specifier.into());
    }

    fn open_function(&mut self, span: Span) {
        if self.functions.last().is_none_or(|last| last.end <= span.start) {
            self.functions.push(span);
        }
        self.open.push(Open::new());
    }

    fn close_function(&mut self, span: Span) {
        let Some(mut open) = self.open.pop() else { return };
        let is_wrapper =
            span.size() > u32::try_from(self.text.len()).unwrap_or(u32::MAX) / WRAPPER_PART;
        if open.sends {
            self.facts.sent_hosts.extend(open.hosts.iter().cloned());
        }
        if let Some(outer) = self.open.last_mut() {
            outer.shape.mix(0xf0);
            if !is_wrapper && self.functions.last() != Some(&span) {
                outer.sends |= open.sends;
                outer.hosts.append(&mut open.hosts);
            }
        }
        open.words.sort_unstable();
        open.words.dedup();
        let shape = open.shape.finish();
        let spelling = open.spelling.finish();
        self.facts.functions.push(FunctionFacts { shape, spelling, words: open.words.into() });
    }
}

impl<'a> Visit<'a> for Collector<'_> {
    fn enter_node(&mut self, kind: AstKind<'a>) {
        if matches!(kind, AstKind::Function(_) | AstKind::ArrowFunctionExpression(_)) {
            self.open_function(kind.span());
        }
        let mut word = kind.ty() as u64;
        match kind {
            AstKind::BinaryExpression(it) => word |= (it.operator as u64) << 8,
            AstKind::LogicalExpression(it) => word |= (it.operator as u64) << 8,
            AstKind::AssignmentExpression(it) => word |= (it.operator as u64) << 8,
            AstKind::UnaryExpression(it) => word |= (it.operator as u64) << 8,
            AstKind::UpdateExpression(it) => {
                word |= (it.operator as u64) << 8 | u64::from(it.prefix) << 16;
            }
            AstKind::BooleanLiteral(it) => word |= u64::from(it.value) << 8,
            _ => {}
        }
        self.shape(word);
    }

    fn leave_node(&mut self, kind: AstKind<'a>) {
        if matches!(kind, AstKind::Function(_) | AstKind::ArrowFunctionExpression(_)) {
            self.close_function(kind.span());
        }
        self.shape(0xff);
    }

    /// Compilers add `use strict`; any other text in its place was brought along.
    fn visit_directive(&mut self, it: &Directive<'a>) {
        if it.directive != "use strict" {
            self.note(it.expression.value.as_str());
        }
    }

    fn visit_string_literal(&mut self, it: &StringLiteral<'a>) {
        self.name(it.value.as_str());
        walk::walk_string_literal(self, it);
    }

    fn visit_template_element(&mut self, it: &TemplateElement<'a>) {
        let text = it.value.cooked.as_ref().map_or(it.value.raw.as_str(), |text| text.as_str());
        self.name(text);
        walk::walk_template_element(self, it);
    }

    fn visit_identifier_name(&mut self, it: &IdentifierName<'a>) {
        self.name(it.name.as_str());
        walk::walk_identifier_name(self, it);
    }

    fn visit_private_identifier(&mut self, it: &PrivateIdentifier<'a>) {
        self.local(it.name.as_str());
        walk::walk_private_identifier(self, it);
    }

    fn visit_binding_identifier(&mut self, it: &BindingIdentifier<'a>) {
        self.local(it.name.as_str());
        walk::walk_binding_identifier(self, it);
    }

    fn visit_identifier_reference(&mut self, it: &IdentifierReference<'a>) {
        let name = it.name.as_str();
        self.local(name);
        if self.is_global(it) {
            self.word(name);
            // `Function` is counted by its calls; every other sensitive global by its mention.
            if name != "Function" {
                self.sensitive(name);
            }
            if name == "eval" {
                self.call(Call::Eval);
            }
            if !words::is_pure_global(name)
                && !words::is_wrapper(name)
                && !self.facts.globals.contains(name)
            {
                self.facts.globals.insert(name.into());
            }
        }
        walk::walk_identifier_reference(self, it);
    }

    fn visit_numeric_literal(&mut self, it: &NumericLiteral<'a>) {
        self.facts.numbers.insert(it.value.to_bits());
        self.shape(it.value.to_bits());
        walk::walk_numeric_literal(self, it);
    }

    fn visit_reg_exp_literal(&mut self, it: &RegExpLiteral<'a>) {
        let text = explain::unescaped(it.regex.pattern.text.as_str());
        self.word(&text);
        self.facts.regexes.insert(text.into());
        walk::walk_reg_exp_literal(self, it);
    }

    fn visit_array_expression(&mut self, it: &ArrayExpression<'a>) {
        if it.elements.len() >= LONG_ARRAY {
            let short = |element: &oxc_ast::ast::ArrayExpressionElement<'a>| match element
                .as_expression()?
            {
                Expression::NumericLiteral(number) => Some(number.value.to_string()),
                Expression::StringLiteral(text) if text.value.len() <= 4 => {
                    Some(text.value.to_string())
                }
                _ => None,
            };
            let elements: Vec<Box<str>> = it
                .elements
                .iter()
                .take(MAX_ELEMENTS)
                .filter_map(short)
                .map(String::into_boxed_str)
                .collect();
            if elements.len() >= LONG_ARRAY {
                self.facts.arrays.push(elements);
            }
        }
        walk::walk_array_expression(self, it);
    }

    fn visit_binary_expression(&mut self, it: &BinaryExpression<'a>) {
        match it.operator {
            BinaryOperator::Addition => {
                if is_empty_array(&it.left) || is_empty_array(&it.right) {
                    self.call(Call::Coercion);
                }
                // The whole chain was looked at from its top.
                if self.inner_sum != Some(it.span) {
                    for text in fold::runs(it) {
                        self.note(&text);
                    }
                }
                self.inner_sum = match &it.left {
                    Expression::BinaryExpression(left) => Some(left.span),
                    _ => None,
                };
            }
            BinaryOperator::Instanceof => {}
            _ => {
                self.value(&it.left);
                self.value(&it.right);
            }
        }
        walk::walk_binary_expression(self, it);
    }

    fn visit_call_expression(&mut self, it: &CallExpression<'a>) {
        self.callee(&it.callee, &it.arguments);
        self.values(&it.arguments);
        walk::walk_call_expression(self, it);
    }

    fn visit_new_expression(&mut self, it: &NewExpression<'a>) {
        if let Expression::Identifier(id) = &it.callee
            && self.is_global(id)
        {
            match id.name.as_str() {
                "Function" => self.call(Call::Function),
                "XMLHttpRequest" | "WebSocket" | "EventSource" | "Worker" | "SharedWorker"
                | "Image" | "ActiveXObject" => self.call(Call::Send),
                _ => {}
            }
        }
        match &it.callee {
            Expression::ComputedMemberExpression(member)
                if fold::text(&member.expression).is_none() && !is_index(&member.expression) =>
            {
                self.call(Call::Computed);
            }
            callee => {
                if callee
                    .as_member_expression()
                    .is_some_and(|member| member.static_property_name() == Some("constructor"))
                {
                    self.call(Call::Constructor);
                }
            }
        }
        self.values(&it.arguments);
        walk::walk_new_expression(self, it);
    }

    fn visit_tagged_template_expression(&mut self, it: &TaggedTemplateExpression<'a>) {
        self.callee(&it.tag, &[]);
        walk::walk_tagged_template_expression(self, it);
    }

    fn visit_computed_member_expression(&mut self, it: &ComputedMemberExpression<'a>) {
        self.computed_member(it);
        walk::walk_computed_member_expression(self, it);
    }

    fn visit_static_member_expression(&mut self, it: &oxc_ast::ast::StaticMemberExpression<'a>) {
        self.loader_member(&it.object, it.property.name.as_str());
        walk::walk_static_member_expression(self, it);
    }

    fn visit_import_expression(&mut self, it: &ImportExpression<'a>) {
        match fold::text(&it.source) {
            Some(specifier) => self.require(&specifier),
            None => self.call(Call::ImportByValue),
        }
        walk::walk_import_expression(self, it);
    }

    fn visit_import_declaration(&mut self, it: &ImportDeclaration<'a>) {
        self.require(it.source.value.as_str());
        walk::walk_import_declaration(self, it);
    }

    fn visit_export_all_declaration(&mut self, it: &ExportAllDeclaration<'a>) {
        self.require(it.source.value.as_str());
        walk::walk_export_all_declaration(self, it);
    }

    fn visit_export_from_declaration(&mut self, it: &ExportFromDeclaration<'a>) {
        self.require(it.source.value.as_str());
        walk::walk_export_from_declaration(self, it);
    }

    fn visit_class(&mut self, it: &oxc_ast::ast::Class<'a>) {
        if let Some(heritage) = &it.heritage {
            self.value(&heritage.expression);
        }
        walk::walk_class(self, it);
    }

    fn visit_binding_property(&mut self, it: &oxc_ast::ast::BindingProperty<'a>) {
        self.taken_out(&it.key);
        walk::walk_binding_property(self, it);
    }

    fn visit_assignment_target_property_property(
        &mut self,
        it: &oxc_ast::ast::AssignmentTargetPropertyProperty<'a>,
    ) {
        self.taken_out(&it.name);
        walk::walk_assignment_target_property_property(self, it);
    }

    fn visit_arrow_function_expression(&mut self, it: &oxc_ast::ast::ArrowFunctionExpression<'a>) {
        if let Some(value) = it.get_expression() {
            self.value(value);
        }
        walk::walk_arrow_function_expression(self, it);
    }

    fn visit_return_statement(&mut self, it: &oxc_ast::ast::ReturnStatement<'a>) {
        if let Some(value) = &it.argument {
            self.value(value);
        }
        walk::walk_return_statement(self, it);
    }

    fn visit_variable_declarator(&mut self, it: &oxc_ast::ast::VariableDeclarator<'a>) {
        if let Some(init) = &it.init {
            self.value(init);
        }
        walk::walk_variable_declarator(self, it);
    }

    fn visit_assignment_expression(&mut self, it: &oxc_ast::ast::AssignmentExpression<'a>) {
        self.value(&it.right);
        self.assigned(&it.left);
        walk::walk_assignment_expression(self, it);
    }

    fn visit_object_property(&mut self, it: &oxc_ast::ast::ObjectProperty<'a>) {
        self.value(&it.value);
        walk::walk_object_property(self, it);
    }
}
