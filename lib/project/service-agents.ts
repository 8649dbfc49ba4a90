import { DataGoogleStorageProjectServiceAccount } from "@cdktf/provider-google/lib/data-google-storage-project-service-account";
import type { IConstruct } from "constructs";
import { Grants } from "./grants";
import { projectNumber } from "./project-number";
import { ProjectServices } from "./project-services";

/** An identity of Google's own that acts for a product in the project. */
export interface ServiceAgent {
  readonly name: string;
  readonly member: string;
  /** The API whose use creates it. */
  readonly api: string;
}

/** Moves dead letters, and uses the keys of topics. */
export function pubsubAgent(where: IConstruct): ServiceAgent {
  return {
    name: "Pub/Sub service agent",
    member: `serviceAccount:service-${projectNumber(where)}@gcp-sa-pubsub.iam.gserviceaccount.com`,
    api: "pubsub.googleapis.com",
  };
}

/**
 * Publishes notifications of buckets, and uses their keys. Reading the data source creates it, which
 * a number alone would not.
 */
export function storageAgent(where: IConstruct): ServiceAgent {
  const name = "Cloud Storage service agent";
  const api = "storage.googleapis.com";
  const grants = Grants.of(where);
  const existing = grants.node.tryFindChild(name) as DataGoogleStorageProjectServiceAccount | undefined;
  const account =
    existing ??
    new DataGoogleStorageProjectServiceAccount(grants, name, { dependsOn: ProjectServices.of(where).require(api) });
  return { name, member: account.member, api };
}
