import { Token } from "cdktf";
import { checkPath, normalDomains, normalHost } from "../../lib/routing/route-pattern";
import { testStack } from "../support";

const host = (text: string) => normalHost(testStack(), "host", text);
const path = (text: string) => checkPath(testStack(), text);
const domains = (...texts: string[]) => normalDomains(testStack(), texts);

const LABEL_63 = "a".repeat(63);
const HOST_253 = [LABEL_63, LABEL_63, LABEL_63, "b".repeat(61)].join(".");

test.each([
  ["api.example.com", "api.example.com"],
  ["API.Example.COM", "api.example.com"],
  ["*.Example.com", "*.example.com"],
  ["*", "*"],
  ["localhost", "localhost"],
  ["203.0.113.7", "203.0.113.7"],
  ["münchen.example", "xn--mnchen-3ya.example"],
  ["*.München.example", "*.xn--mnchen-3ya.example"],
  ["例え.テスト", "xn--r8jz45g.xn--zckzah"],
  ["xn--mnchen-3ya.example", "xn--mnchen-3ya.example"],
  [HOST_253, HOST_253],
])("writes the host %s as %s", (given, normal) => {
  expect(host(given)).toBe(normal);
});

test.each([
  "",
  "https://api.example.com",
  "api.example.com:8080",
  "api.example.com/v1",
  "api.example.com?x",
  "api.example.com#x",
  "münchen.example/v1",
  "api\\v1.example.com",
  "api%2eexample.com",
  "api\t.example.com",
  "user@example.com",
  "api.example.com.",
  ".example.com",
  "api..example.com",
  "-api.example.com",
  "api-.example.com",
  "my_api.example.com",
  "a b.example.com",
  "api.*.example.com",
  "*api.example.com",
  "*.*.example.com",
  "*.",
  "**",
  "1.2",
  "0x7f.1",
  "[::1]",
  `${LABEL_63}a.example.com`,
  `${HOST_253}b`,
])("fails for the host %j", (given) => {
  expect(() => host(given)).toThrow(`[test] host: got ${JSON.stringify(given).slice(0, 100)}`);
  expect(() => host(given)).toThrow(
    "allowed is a host name of at most 253 characters, with * only as the whole first label (*.example.com), or *; leave out scheme, port, path and final dot",
  );
});

test("fails for a host known only at apply", () => {
  expect(() => host(Token.asString({ ref: "late" }))).toThrow(
    /^\[test\] host: got ".*", allowed is a literal known at synth; pass the literal value instead of a reference/,
  );
});

test.each(["/", "/*", "/v1/models", "/v1/*", "/v1/chat-completions_2.0/~a", `/${"a".repeat(1023)}`])(
  "takes the path %s",
  (given) => {
    expect(() => path(given)).not.toThrow();
  },
);

test.each([
  "",
  "*",
  "v1/models",
  "/v1*",
  "/v1/*/models",
  "/*/*",
  "/v1?x=1",
  "/v1#top",
  "/v1 models",
  `/${"a".repeat(1024)}`,
])("fails for the path %j", (given) => {
  expect(() => path(given)).toThrow(`[test] path: got ${JSON.stringify(given).slice(0, 100)}`);
  expect(() => path(given)).toThrow(
    "allowed is a path that starts with /, with * only as the whole last segment, without ? and #, of at most 1024 characters; " +
      'for example "/v1/models" or "/v1/*"',
  );
});

test("fails for a path known only at apply", () => {
  expect(() => path(Token.asString({ ref: "late" }))).toThrow(
    /^\[test\] path: got ".*", allowed is a literal known at synth; pass the literal value instead of a reference/,
  );
});

test("writes domains as hosts, in the order given", () => {
  expect(domains("münchen.example", "*.Example.com", "example.com")).toEqual([
    "xn--mnchen-3ya.example",
    "*.example.com",
    "example.com",
  ]);
});

test.each(["*", "localhost", "*.com", "203.0.113.7"])("fails for %s, for which no certificate is issued", (given) => {
  expect(() => domains("api.example.com", given)).toThrow(
    `[test] domains: got "${given}", allowed is at least one full domain name: api.example.com or *.example.com; ` +
      "name the domain that clients use, or use Tls.none() for a trial without one",
  );
});

test("fails without a domain", () => {
  expect(() => domains()).toThrow("[test] domains: got [], allowed is at least one full domain name");
});

test("fails for a malformed domain", () => {
  expect(() => domains("https://api.example.com")).toThrow(
    '[test] domain: got "https://api.example.com", allowed is a host name',
  );
});

test.each([
  ["api.example.com", "API.example.com"],
  ["münchen.example", "xn--mnchen-3ya.example"],
])("fails for %s and %s, which are one domain", (first, second) => {
  expect(() => domains(first, second)).toThrow(
    `[test] domains: got "${domains(first)[0]}", allowed is each value once; name each domain once`,
  );
});
