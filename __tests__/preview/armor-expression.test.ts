import { armorPredicate, fromAddresses } from "../../lib/preview/armor-expression";

const text = (expression: string) => JSON.stringify(armorPredicate(expression).predicate);

test.each([
  ["true", true],
  ["!true", false],
  ["evaluatePreconfiguredWaf('sqli-v33-stable')", false],
  ["!evaluatePreconfiguredWaf('sqli-v33-stable')", true],
  ["request.path == '/a' && evaluatePreconfiguredWaf('sqli-v33-stable')", false],
  ["inIpRange(origin.ip, '0.0.0.0/0') || !evaluateThreatIntelligence('iplist-tor-exit-nodes')", true],
])("%s is always %s", (expression, expected) => expect(armorPredicate(expression).predicate).toBe(expected));

test("what cannot be judged is named, and the rest stays", () => {
  const { predicate, unjudged } = armorPredicate("request.path == '/a' || token.recaptcha_session.score < 0.5");
  expect(unjudged).toEqual(["token.recaptcha_session.score < 0.5"]);
  expect(predicate).toEqual(armorPredicate("request.path == '/a'").predicate);
});

test("a negation counts for the parts", () => {
  const { predicate } = armorPredicate("!(inIpRange(origin.ip, '10.0.0.0/8') || request.path == '/a')");
  expect(predicate).toEqual({
    and_matcher: {
      predicate: [{ not_matcher: fromAddresses(["10.0.0.0/8"]) }, armorPredicate("!(request.path == '/a')").predicate],
    },
  });
});

test.each([
  "request.path.urlDecode().contains('x')",
  "origin.tls_ja3_fingerprint == 'x'",
  "request.headers['a'].base64Decode() == 'x'",
  "not an expression",
])("%s is not judged", (expression) => expect(armorPredicate(expression).unjudged).not.toEqual([]));

test("addresses are compared as ranges", () => {
  expect(armorPredicate("inIpRange(origin.ip, '10.0.0.0/8')").predicate).toEqual(fromAddresses(["10.0.0.0/8"]));
  expect(armorPredicate("origin.ip == '2001:db8::1'").predicate).toEqual(fromAddresses(["2001:db8::1/128"]));
  expect(armorPredicate("origin.ip != '10.0.0.1'").predicate).toEqual({ not_matcher: fromAddresses(["10.0.0.1"]) });
  expect(fromAddresses(["10.0.0.0/8", "*"])).toBe(true);
});

test.each([
  ["request.headers['a'].lower().contains('bad.bot')", '"(?i)bad\\\\.bot"'],
  ["request.path.lower().startsWith('/a')", '"(?i)^/a"'],
  ["request.path.upper() == '/A'", '"(?i)^/A$"'],
])("%s ignores case", (expression, pattern) => expect(text(expression)).toContain(pattern));

test("lower case never is what has upper case in it", () =>
  expect(text("request.path.lower().contains('A')")).toContain('"$a"'));

test("a pattern in upper case is not judged for lower case, but classes are", () => {
  expect(armorPredicate("request.path.lower().matches('[A-Z]')").unjudged).toHaveLength(1);
  expect(armorPredicate("request.path.lower().matches('\\\\S\\\\D')").unjudged).toEqual([]);
});

test("a header that is asked for by has() may be missing", () =>
  expect(text("has(request.headers['a'])")).toContain("@in"));

test("Terraform's escapes are undone", () => expect(text("request.path.matches('^/a$${1}$')")).toContain("^/a${1}$"));
