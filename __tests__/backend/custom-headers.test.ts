import { Token } from "cdktf";
import { renderCustomHeaders } from "../../lib/backend/custom-headers";
import { testStack } from "../support";

type Headers = Parameters<typeof renderCustomHeaders>[2];

const render = (headers: Headers) => renderCustomHeaders(testStack(), "requestHeaders", headers);
const many = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`X-Header-${i}`, "v"]));

test("writes name and value as the load balancer wants them, variables and all", () => {
  expect(render({ "X-Client-Region": "{client_region}", "X-Empty": "", "X-Url": "https://a:1" })).toEqual([
    "X-Client-Region:{client_region}",
    "X-Empty:",
    "X-Url:https://a:1",
  ]);
});

test("writes nothing where there are no headers", () => {
  expect(render(undefined)).toBeUndefined();
  expect(render({})).toBeUndefined();
});

test("takes sixteen headers", () => {
  expect(render(many(16))).toHaveLength(16);
});

test("takes a value known only at apply", () => {
  const [header] = render({ "X-Late": Token.asString({ ref: "late" }) })!;
  expect(Token.isUnresolved(header)).toBe(true);
});

test.each(["", "X Spaced", "X:Colon", "Ünicode"])("fails for %j, which is no header name", (name) => {
  expect(() => render({ [name]: "v" })).toThrow(
    `[test] requestHeaders: got ${JSON.stringify(name)}, allowed is an HTTP header name; not hop-by-hop, not X-User-IP or CDN-Loop, ` +
      "not starting with X-Google, X-Goog-, X-GFE or X-Amz-; choose another name",
  );
});

test.each([
  "X-User-IP",
  "cdn-loop",
  "Keep-Alive",
  "Transfer-Encoding",
  "TE",
  "Connection",
  "Trailer",
  "Upgrade",
  "X-Google-Anything",
  "X-GOOG-Api-Key",
  "X-GFE-Anything",
  "X-Amz-Anything",
])("fails for the forbidden header %s", (name) => {
  expect(() => render({ "X-Fine": "v", [name]: "v" })).toThrow(`[test] requestHeaders: got "${name}", allowed is`);
});

test.each(["X-User-IP-Hash", "X-Goo", "X-Upgrade"])("takes %s, which only looks like a forbidden one", (name) => {
  expect(render({ [name]: "v" })).toEqual([`${name}:v`]);
});

test.each(["\r", "\n"])("fails for the line break %j in a value", (lineBreak) => {
  const value = `a${lineBreak}Set-Cookie: b`;
  expect(() => render({ "X-Note": value })).toThrow(
    `[test] requestHeaders X-Note: got ${JSON.stringify(value)}, allowed is one line; remove the line break`,
  );
});

test("fails for seventeen headers", () => {
  expect(() => render(many(17))).toThrow(
    /^\[test\] requestHeaders: got "17 headers of \d+ bytes", allowed is at most 16 headers and 8192 bytes; set the others in the service$/,
  );
});

test("fails for more than 8192 bytes, counted as UTF-8", () => {
  expect(render({ X: "é".repeat(4095) })).toHaveLength(1);
  expect(() => render({ X: "é".repeat(4096) })).toThrow(
    '[test] requestHeaders: got "1 headers of 8194 bytes", allowed is at most 16 headers and 8192 bytes; set the others in the service',
  );
});

test("fails for names that differ in case only", () => {
  expect(() => render({ "X-Tenant": "a", "x-tenant": "b" })).toThrow(
    '[test] requestHeaders: got "x-tenant", allowed is each value once; header names are not case-sensitive: join the values in one header',
  );
});
