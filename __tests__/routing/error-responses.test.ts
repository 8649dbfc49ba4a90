import { BucketBackend, ContentBucket, type ErrorResponse, UrlRouting } from "../../lib";
import { only, synth, testStack } from "../support";
import { expectTransition } from "../transition-support";

const UNAVAILABLE: ErrorResponse = { codes: ["502", "503"], path: "/errors/unavailable.json" };

function build(responses?: ErrorResponse[]) {
  const stack = testStack();
  const bucket = new BucketBackend(stack, "Errors", { bucket: ContentBucket.existing("acme-errors") });
  new UrlRouting(stack, "Routing", {
    defaultBackend: { backendId: "backends/default" },
    errorResponses: responses && { bucket, responses },
  });
  return synth(stack);
}

test("errors of every route get their bodies from the bucket", () => {
  const document = build([UNAVAILABLE, { codes: ["404"], path: "/errors/none.json", statusCode: 410 }]);
  const { default_custom_error_response_policy: policy } = only(document, "google_compute_url_map").values;
  expect(policy).toEqual({
    error_service: `\${${only(document, "google_compute_backend_bucket").address}.id}`,
    error_response_rule: [
      { match_response_codes: ["502", "503"], path: "/errors/unavailable.json" },
      { match_response_codes: ["404"], path: "/errors/none.json", override_response_code: 410 },
    ],
  });
});

test("they come, change and go in place", () => {
  const [none, one, other] = [build(), build([UNAVAILABLE]), build([{ ...UNAVAILABLE, codes: ["5xx"] }])];
  expectTransition(none, one, { changed: ["Routing"] });
  expectTransition(one, other, { changed: ["Routing"] });
  expectTransition(one, none, { changed: ["Routing"] });
});

test.each<[string, ErrorResponse[], string]>([
  ["no response", [], "errorResponses: got [], allowed is at least one response, each with at least one code"],
  ["a response without a code", [{ ...UNAVAILABLE, codes: [] }], "allowed is at least one response, each with"],
  [
    "a code that is no error",
    [{ ...UNAVAILABLE, codes: ["302"] }],
    'errorResponses codes: got "302", allowed is "4xx", "5xx", or',
  ],
  [
    "a code twice",
    [UNAVAILABLE, { codes: ["503"], path: "/b" }],
    'errorResponses codes: got "503", allowed is each value once',
  ],
  ["a path without a slash", [{ ...UNAVAILABLE, path: "e.json" }], 'errorResponses path: got "e.json"'],
  ["a status beyond 599", [{ ...UNAVAILABLE, statusCode: 600 }], "errorResponses statusCode: got 600"],
])("fails for %s", (_title, responses, message) => {
  expect(() => build(responses)).toThrow(message);
});
