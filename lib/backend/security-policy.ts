import type { IConstruct } from "constructs";
import { checkPattern } from "../core/checks";

const POLICY =
  /^(https:\/\/(www|compute)\.googleapis\.com\/compute\/[a-z0-9]+\/)?projects\/[^/]+\/global\/securityPolicies\/[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/;

/** Throws for other ids than a global policy's: they fail at apply, or differ on every plan. */
export function checkPolicyId(where: IConstruct, what: string, id: string | undefined): void {
  checkPattern(
    where,
    what,
    id,
    POLICY,
    "projects/PROJECT/global/securityPolicies/NAME, or a reference to a policy's id",
    "pass the policy's id or self link",
  );
}
