import type { IConstruct } from "constructs";

/** Someone who can be given a role. */
export interface IGrantee extends IConstruct {
  /** As IAM spells members: `serviceAccount:name@project.iam.gserviceaccount.com`. */
  readonly iamMember: string;
  /** Identifies this member at synth, when `iamMember` may still be a token. */
  readonly grantKey: string;
}
