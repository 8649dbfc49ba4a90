import { DataGoogleProject } from "@cdktf/provider-google/lib/data-google-project";
import type { IConstruct } from "constructs";
import { Grants } from "./grants";

const CHILD_ID = "Project";

/** Number of the provider's project, read once per stack: the addresses of Google's service agents contain it. */
export function projectNumber(where: IConstruct): string {
  const grants = Grants.of(where);
  const existing = grants.node.tryFindChild(CHILD_ID) as DataGoogleProject | undefined;
  return (existing ?? new DataGoogleProject(grants, CHILD_ID)).number;
}
