import { DataGoogleProject } from "@cdktf/provider-google/lib/data-google-project";
import type { IConstruct } from "constructs";
import { Grants } from "./grants";

const CHILD_ID = "Project";

/** Number of the provider's project, part of the addresses of Google's service agents. */
export function projectNumber(where: IConstruct): string {
  return project(where).number;
}

/** The account by which Cloud Run pulls images, uses keys and attaches to networks. */
export function cloudRunAgent(where: IConstruct): string {
  return `service-${projectNumber(where)}@serverless-robot-prod.iam.gserviceaccount.com`;
}

/** ID of the provider's project, for full resource names. */
export function projectId(where: IConstruct): string {
  return project(where).projectId;
}

/** Read once per stack and provider. */
function project(where: IConstruct): DataGoogleProject {
  const grants = Grants.of(where);
  const existing = grants.node.tryFindChild(CHILD_ID) as DataGoogleProject | undefined;
  return existing ?? new DataGoogleProject(grants, CHILD_ID);
}
