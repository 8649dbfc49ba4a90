import { ComputeBackendService } from "@cdktf/provider-google/lib/compute-backend-service";
import fc from "fast-check";
import {
  EdgeAction,
  EdgeBodyInspection,
  EdgePolicy,
  EdgeSecurity,
  type EdgeSecurityProps,
  EdgeWafRuleSet,
} from "../../../lib";
import type { Block, TerraformDocument } from "../../../lib/topology/document";
import { only, synth, testStack } from "../../support";
import { createdFirst, obstacles, type Transition, transition } from "../../transition-support";
import { rulesOf } from "./edge-security-decide";

interface Setup {
  readonly security?: EdgeSecurityProps;
  /** @default "backend" */
  readonly attached?: "backend" | "edge" | "not" | "absent";
}

function build({ security, attached = "backend" }: Setup): TerraformDocument {
  const stack = testStack();
  const policy =
    attached === "absent"
      ? undefined
      : attached === "edge"
        ? new EdgePolicy(stack, "Security")
        : EdgeSecurity.forAiApi(stack, "Security", security);
  new ComputeBackendService(stack, "Backend", {
    name: "chat",
    loadBalancingScheme: "EXTERNAL_MANAGED",
    securityPolicy: attached === "backend" ? policy?.policyId : undefined,
    edgeSecurityPolicy: attached === "edge" ? policy?.policyId : undefined,
  });
  return synth(stack);
}

const API = "ProjectServices/compute";
const CHANGES: [string, Setup, Setup, Partial<Transition>][] = [
  ["nothing", {}, {}, {}],
  ["attach", { attached: "not" }, {}, { changed: ["Backend"] }],
  ["detach", {}, { attached: "not" }, { changed: ["Backend"] }],
  ["add and attach", { attached: "absent" }, {}, { added: [API, "Security"], changed: ["Backend"] }],
  ["detach and remove", {}, { attached: "absent" }, { removed: [API, "Security"], changed: ["Backend"] }],
  ["out of preview", { security: { preview: true } }, {}, { changed: ["Security"] }],
  ["a limit", {}, { security: { requestsPerMinutePerKey: 60 } }, { changed: ["Security"] }],
  ["a ban", {}, { security: { keyBanSeconds: 600 } }, { changed: ["Security"] }],
  ["add denied addresses", {}, { security: { deniedIpRanges: ["192.0.2.1"] } }, { changed: ["Security"] }],
  ["remove the WAF", {}, { security: { wafRuleSets: [] } }, { changed: ["Security"] }],
  ["a larger body", {}, { security: { inspectedBodyKiB: 64 } }, { changed: ["Security"] }],
  ["the type", {}, { attached: "edge" }, { changed: ["Backend"], replaced: ["Security"] }],
];

test.each(CHANGES)("%s applies in one go", (_title, before, after, expected) => {
  const [old, now] = [build(before), build(after)];
  expect(transition(old, now)).toEqual({ added: [], removed: [], changed: [], replaced: [], ...expected });
  expect(obstacles(old, now)).toEqual([]);
});

test("the policy is removed after the backend has let go of it", () => {
  const document = build({});
  expect(createdFirst(document)).toContain(only(document, "google_compute_security_policy").address);
});

/** What a patch of a rule does not clear: what kind of action and match it has, and which fields the WAF leaves out. */
function kindOf(rule: Block): unknown {
  const exclusions = ((rule.preconfigured_waf_config as Block | undefined)?.exclusion ?? []) as Block[];
  return {
    action: rule.priority === 2147483647 ? "default" : rule.action,
    match: Object.keys(rule.match as Block),
    excluded: exclusions[0] && Object.keys(exclusions[0]),
    ban: (rule.rate_limit_options as Block | undefined)?.ban_threshold !== undefined,
    key: (rule.rate_limit_options as Block | undefined)?.enforce_on_key,
  };
}

test("whatever changes, a rule keeps its priority, and no priority gets a rule of another kind", () => {
  const ban = fc.constantFrom(0, 60, 3600);
  const limit = fc.constantFrom(0, 5, 600);
  const ranges = fc.nat(25).map((count) => Array.from({ length: count }, (_, index) => `203.0.113.${index}`));
  const props = fc.record({
    apiKeyHeader: fc.constantFrom("authorization", "x-api-key"),
    requireApiKey: fc.boolean(),
    keylessPaths: fc.subarray(["/health", "/docs/*"]),
    maxBodyKiB: fc.constantFrom(0, 1, 32768),
    requireContentLength: fc.boolean(),
    requestsPerMinutePerKey: limit,
    keyBanSeconds: ban,
    requestsPerMinutePerIp: limit,
    ipBanSeconds: ban,
    wafRuleSets: fc.subarray(Object.values(EdgeWafRuleSet)),
    wafBodies: fc.constantFrom(
      EdgeBodyInspection.none(),
      EdgeBodyInspection.withoutValues(),
      EdgeBodyInspection.full(),
    ),
    deniedIpRanges: ranges,
    trustedIpRanges: ranges,
    deniedRegions: fc.subarray(["KP", "RU"]),
    onlyRegions: fc.subarray(["DE", "FR"], { minLength: 1 }),
    onlyIpRanges: fc.subarray(["192.0.2.1", "192.0.2.2"], { minLength: 1 }),
  });
  const one = { priority: 100, action: EdgeAction.deny(), expression: "request.path == '/x'" };
  fc.assert(
    fc.property(props, props, (before, after) => {
      const [old, now] = [before, after].map((security) =>
        rulesOf(only(build({ security: { ...security, rules: [one] } }), "google_compute_security_policy")),
      );
      for (const rule of now!) {
        const predecessor = old!.find(({ priority }) => priority === rule.priority);
        if (predecessor) expect(kindOf(rule)).toEqual(kindOf(predecessor));
      }
    }),
    { numRuns: 40 },
  );
});
