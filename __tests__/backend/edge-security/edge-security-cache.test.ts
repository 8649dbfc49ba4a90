import { ComputeBackendBucket } from "@cdktf/provider-google/lib/compute-backend-bucket";
import { EdgeAction, EdgePolicy, type EdgeRule } from "../../../lib";
import { dependsOn, only, synth, testStack } from "../../support";
import { ruleAt, rulesOf } from "./edge-security-decide";

const dots: EdgeRule = { priority: 100, action: EdgeAction.deny(404), expression: "request.path.contains('..')" };

test("is a policy before the cache, attached by its id", () => {
  const stack = testStack();
  const { policyId } = new EdgePolicy(stack, "Policy", { rules: [dots], description: "Files" });
  new ComputeBackendBucket(stack, "Files", { name: "files", bucketName: "files", edgeSecurityPolicy: policyId });
  const document = synth(stack);
  const policy = only(document, "google_compute_security_policy");
  expect(policy.values).toMatchObject({ type: "CLOUD_ARMOR_EDGE", description: "Files" });
  expect(policy.values.lifecycle).toEqual({ create_before_destroy: true });
  expect(dependsOn(policy)).toEqual([expect.stringMatching(/^google_project_service\.ProjectServices_compute_/)]);
  expect(ruleAt(policy, 100)!.action).toBe("deny(404)");
  const { edge_security_policy } = only(document, "google_compute_backend_bucket").values;
  expect(document.target(edge_security_policy)?.address).toBe(policy.address);
});

test("has none of the options that Google Cloud rejects there", () => {
  const stack = testStack();
  new EdgePolicy(stack, "Policy");
  const policy = only(synth(stack), "google_compute_security_policy");
  expect(Object.keys(policy.values)).not.toEqual(
    expect.arrayContaining([
      expect.stringMatching(/^(advanced_options|adaptive_protection|recaptcha_options)_config$/),
    ]),
  );
  expect(rulesOf(policy)).toHaveLength(1);
});

test("takes rules one by one, and says what they cost", () => {
  const policy = new EdgePolicy(testStack(), "Policy");
  policy.addRule(dots);
  expect([policy.ruleCount, policy.expressionRuleCount, policy.mostSubexpressions]).toEqual([2, 1, 1]);
  expect(policy.monthlyCostUsd(4)).toBe(5 + 2 + 3);
});

test.each<[string, Partial<EdgeRule>, string]>([
  ["a throttle", { action: EdgeAction.throttle({ requests: 5 }) }, "allowed is allow or deny, in an edge policy"],
  ["a ban", { action: EdgeAction.ban({ requests: 5, banSeconds: 60 }) }, "allowed is allow or deny, in an edge policy"],
  [
    "a redirect",
    { action: EdgeAction.redirect("https://example.com/") },
    "allowed is allow or deny, in an edge policy",
  ],
  [
    "WAF rules",
    { expression: "evaluatePreconfiguredWaf('sqli-v33-stable')" },
    "an expression of an edge policy must keep to",
  ],
  ["fingerprints", { expression: "origin.tls_ja4_fingerprint == 'x'" }, "an expression of an edge policy must keep to"],
])("fails for %s", (_title, options, message) => {
  expect(() => new EdgePolicy(testStack(), "Policy", { rules: [{ ...dots, ...options }] })).toThrow(message);
});
