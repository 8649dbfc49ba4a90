import { EdgeSecurity, type EdgeSecurityProps } from "../../../lib";
import { testStack } from "../../support";

describe("props", () => {
  test.each<[string, EdgeSecurityProps, string]>([
    ["a header name with a colon", { apiKeyHeader: "X-Key:" }, 'apiKeyHeader: got "X-Key:", allowed is a header name'],
    [
      "a path without slash",
      { keylessPaths: ["health"] },
      'keylessPaths: got "health", allowed is paths that start with /',
    ],
    ["a star inside a path", { keylessPaths: ["/v1/*/files"] }, 'keylessPaths: got "/v1/*/files"'],
    ["a quote in a path", { keylessPaths: ["/it's"] }, "keylessPaths: got"],
    ["half a KiB", { maxBodyKiB: 0.5 }, "maxBodyKiB: got 0.5, allowed is a whole number from 1"],
    ["a limit that is negative", { requestsPerMinutePerKey: -1 }, "requestsPerMinutePerKey: got -1"],
    ["a limit over a million", { requestsPerMinutePerKey: 1_000_001 }, "allowed is a whole number from 1 to 1000000"],
    [
      "a ban over 10,000",
      { requestsPerMinutePerIp: 10_001 },
      "requestsPerMinutePerIp: got 10001, allowed is a whole number from 1 to 10000",
    ],
    ["a ban of 61 seconds", { keyBanSeconds: 61 }, "keyBanSeconds: got 61, allowed is 0, or one of 60, 120"],
    ["sensitivity 0", { wafSensitivity: 0 }, "wafSensitivity: got 0, allowed is a whole number from 1 to 4"],
    [
      "a signature of no chosen set",
      { wafOptOutSignatures: ["owasp-crs-v030301-id933100-php"] },
      "wafOptOutSignatures: got",
    ],
    [
      "a signature of another version",
      { wafOptOutSignatures: ["owasp-crs-v042200-id942350-sqli"] },
      "allowed is signatures like owasp-crs-v030301-id942350-sqli",
    ],
    [
      "a size that is not inspected",
      { inspectedBodyKiB: 128 },
      "inspectedBodyKiB: got 128, allowed is one of 8, 16, 32, 48, 64",
    ],
    ["a content type with parameters", { jsonContentTypes: ["text/json; charset=utf-8"] }, "jsonContentTypes: got"],
    [
      "a default that limits would hide",
      { denyByDefault: true },
      'denyByDefault: got "true, with requestsPerMinutePerKey and requestsPerMinutePerIp"',
    ],
  ])("fails for %s", (_title, props, message) => {
    expect(() => EdgeSecurity.forAiApi(testStack(), "Security", props)).toThrow(message);
  });

  test("fails for a limit per key without the key's header", () => {
    expect(() => new EdgeSecurity(testStack(), "Security", { requestsPerMinutePerKey: 5 })).toThrow(
      "allowed is a limit per key where apiKeyHeader is set",
    );
  });
});
