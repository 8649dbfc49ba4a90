import { EdgeSecurity, type EdgeSecurityProps } from "../../../lib";
import { only, synth, testStack } from "../../support";
import { decide, rulesOf } from "./edge-security-decide";

function policyOf(create: (stack: ReturnType<typeof testStack>) => void) {
  const stack = testStack();
  create(stack);
  return only(synth(stack), "google_compute_security_policy");
}

const preset = (props: EdgeSecurityProps) => policyOf((stack) => EdgeSecurity.forAiApi(stack, "Security", props));
const DEFAULT = 2147483647;

describe("rates", () => {
  test("stand at another priority with a ban, which Google Cloud cannot turn back into a throttle", () => {
    const rates = (props: EdgeSecurityProps) =>
      rulesOf(preset(props)).flatMap(({ priority, action }) =>
        Number(priority) >= 70000 && priority !== DEFAULT ? [[priority, action]] : [],
      );
    expect(rates({ keyBanSeconds: 600, ipBanSeconds: 0 })).toEqual([
      [70500, "rate_based_ban"],
      [71000, "throttle"],
    ]);
  });

  test("count addresses alone where no key is named", () => {
    const policy = policyOf((stack) => new EdgeSecurity(stack, "Security", { requestsPerMinutePerIp: 100 }));
    expect(decide(policy, { headers: { authorization: "k" } })).toBe(71000);
  });
});
