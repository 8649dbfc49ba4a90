import { type CelNode, parseCel } from "../../lib/language/cel";
import { CelSyntaxError } from "../../lib/language/cel-lexer";

/** Fully parenthesized, so that precedence shows. */
function shape(node: CelNode): string {
  switch (node.kind) {
    case "literal":
      return node.type === "string" ? JSON.stringify(node.value) : `${node.type}:${String(node.value)}`;
    case "name":
      return node.name;
    case "select":
      return `${shape(node.operand)}.${node.field}`;
    case "index":
      return `${shape(node.operand)}[${shape(node.index)}]`;
    case "call":
      return `${node.target ? `${shape(node.target)}.` : ""}${node.name}(${node.args.map(shape).join(", ")})`;
    case "unary":
      return `(${node.operator}${shape(node.operand)})`;
    case "binary":
      return `(${shape(node.left)} ${node.operator} ${shape(node.right)})`;
    case "conditional":
      return `(${shape(node.condition)} ? ${shape(node.whenTrue)} : ${shape(node.whenFalse)})`;
    case "list":
      return `[${node.items.map(shape).join(", ")}]`;
    case "map":
      return `{${node.entries.map(({ key, value }) => `${shape(key)}: ${shape(value)}`).join(", ")}}`;
    case "message":
      return `${shape(node.operand)}{${node.fields.map(({ name, value }) => `${name}: ${shape(value)}`).join(", ")}}`;
  }
}

test.each([
  ["a || b && !c == d", "(a || (b && ((!c) == d)))"],
  ["a && b && c", "((a && b) && c)"],
  ["1 + 2 * 3 - 4", "((int:1 + (int:2 * int:3)) - int:4)"],
  ["a ? b : c ? d : e", "(a ? b : (c ? d : e))"],
  ["(a || b) && c", "((a || b) && c)"],
  ["x in ['a', 'b',]", '(x in ["a", "b"])'],
  ["request.headers['host'].lower().contains(\"x\")", 'request.headers["host"].lower().contains("x")'],
  ["f('s', {'sensitivity': 1, 'opt_out_rule_ids': []})", 'f("s", {"sensitivity": int:1, "opt_out_rule_ids": []})'],
  ["a.B{c: 1}", "a.B{c: int:1}"],
  [".a.b == null", "(a.b == null:null)"],
  ["--1 < -0x1F", "((-(-int:1)) < (-int:31))"],
  ["2.5e3 > .5 || 1u == 2U || true", "(((double:2500 > double:0.5) || (uint:1 == uint:2)) || bool:true)"],
  ["a // a comment\n  && b", "(a && b)"],
  ["[]", "[]"],
])("parses %s", (text, expected) => {
  expect(shape(parseCel(text).root)).toBe(expected);
});

test.each([
  ["'a\\n\\x41\\u00e9\\U0001F600\\101\\''", "a\nAé😀A'"],
  ["\"say 'hi'\"", "say 'hi'"],
  ["r'\\d+\\.'", "\\d+\\."],
  ['R"fo\'o"', "fo'o"],
  ["'''it's\nlong'''", "it's\nlong"],
  ['"""a "b" c"""', 'a "b" c'],
])("reads the string %s", (text, expected) => {
  const { root, unknownEscapes } = parseCel(text);
  expect(root).toMatchObject({ kind: "literal", type: "string", value: expected });
  expect(unknownEscapes).toEqual([]);
});

test("reports escape sequences that do not exist, and keeps them", () => {
  const { root, unknownEscapes } = parseCel("'a\\.b\\d'");
  expect(unknownEscapes).toEqual(["\\.", "\\d"]);
  expect(root).toMatchObject({ value: "a\\.b\\d" });
});

test("knows where each part stands", () => {
  const text = "a == 'x' && size(b) > 10";
  const { root } = parseCel(text);
  const part = (node: CelNode) => text.slice(node.at, node.end);
  expect(part(root)).toBe(text);
  if (root.kind !== "binary") throw new Error("no binary expression");
  expect([part(root.left), part(root.right)]).toEqual(["a == 'x'", "size(b) > 10"]);
});

test.each([
  ["", "expected a value, found the end at character 1"],
  ["a &&", "expected a value, found the end at character 5"],
  ["a & b", 'unexpected "&" at character 3'],
  ["a = b", 'unexpected "=" at character 3'],
  ["a and b", 'expected an operator or the end, found "and" at character 3'],
  ["(a || b", 'expected ")", found the end at character 8'],
  ["f(a,)", 'expected a value, found ")" at character 5'],
  ["f(a b)", 'expected ",", found "b" at character 5'],
  ["a['x'", 'expected "]", found the end at character 6'],
  ["'abc", "string without its closing quote at character 1"],
  ["'a\nb'", "string without its closing quote at character 1"],
  ["a.'b'", 'expected a name, found "b" at character 3'],
  ["while", 'expected a name (this one is reserved), found "while" at character 1'],
  ["{'a' 1}", 'expected ":", found "1" at character 6'],
  ["a ? b", 'expected ":", found the end at character 6'],
  ["rr'a'", "string with a doubled prefix at character 1"],
])("fails on %s", (text, message) => {
  expect(() => parseCel(text)).toThrow(CelSyntaxError);
  expect(() => parseCel(text)).toThrow(message);
});

test.each([
  ["parentheses", "(".repeat(300)],
  ["negations", "!".repeat(300)],
  ["calls", "f(".repeat(300)],
])("fails on %s nested too deeply", (_kind, text) => {
  expect(() => parseCel(text)).toThrow("nested too deeply");
});
