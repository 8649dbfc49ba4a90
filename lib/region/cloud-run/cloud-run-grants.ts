import { ComputeSubnetworkIamMember } from "@cdktf/provider-google/lib/compute-subnetwork-iam-member";
import { ProjectIamMember } from "@cdktf/provider-google/lib/project-iam-member";
import { Fn, type ITerraformDependable, Token } from "cdktf";
import type { Construct, IConstruct } from "constructs";
import { ValidationError } from "../../core/errors";
import type { IImage } from "../../image/container-image";
import { grantServiceAgentKeyUse } from "../../project/encryption-key";
import { Grants } from "../../project/grants";
import { cloudRunAgent } from "../../project/project-number";
import { ProjectServices } from "../../project/project-services";
import { isOtherProject } from "../../project/provider";
import { type IServiceAccount, ServiceAccount } from "../../project/service-account";
import type { CloudRunOptions, DirectVpcEgress } from "./cloud-run-options";
import { allVolumes } from "./sidecar";

const SUBNETWORK = /(?:^|\/)projects\/([^/]+)\/regions\/([^/]+)\/subnetworks\/[^/]+$/;
const AGENT = "Cloud Run service agent";

/** Throws for a subnetwork that does not say its project, on which nothing can be granted. */
export function checkGrantable(where: IConstruct, { subnetwork }: DirectVpcEgress): void {
  if (Token.isUnresolved(subnetwork) || SUBNETWORK.test(subnetwork ?? "")) return;
  throw new ValidationError(where, {
    what: "vpcEgress.subnetwork",
    got: subnetwork,
    allowed: "projects/HOST_PROJECT/regions/REGION/subnetworks/NAME, or a reference to a subnetwork's id",
    fix: "name it in full: the grant is made in the host project",
  });
}

/**
 * Lets the Cloud Run service agent attach instances to a subnetwork of a Shared VPC host project
 * (docs.cloud.google.com/run/docs/configuring/shared-vpc-direct-vpc, read 2026-11-28).
 *
 * @param subnetwork As `checkGrantable` allows.
 */
export function grantNetworkUse(where: IConstruct, subnetwork: string): ITerraformDependable[] {
  const [, project, region] = (!Token.isUnresolved(subnetwork) && SUBNETWORK.exec(subnetwork)) || [];
  const member = `serviceAccount:${cloudRunAgent(where)}`;
  const apis = [
    ...ProjectServices.of(where).require("run.googleapis.com"),
    ...ProjectServices.of(where).require("compute.googleapis.com"),
  ];
  const hostProject = project ?? Fn.element(Fn.regex("projects/([^/]+)/", subnetwork), 0);
  const [use, view] = ["roles/compute.networkUser", "roles/compute.networkViewer"];
  return [
    Grants.of(where).once(
      `subnetwork ${subnetwork}`,
      use,
      AGENT,
      (scope, id) =>
        new ComputeSubnetworkIamMember(scope, id, { subnetwork, project, region, role: use, member, dependsOn: apis }),
    ),
    grantOnProject(where, hostProject, `of subnetwork ${project ?? subnetwork}`, view, AGENT, member, apis),
  ];
}

/** What a service needs to reach its Cloud SQL instances: the API, and the role in their projects. */
export function cloudSqlAccess(
  where: IConstruct,
  account: IServiceAccount,
  { instances, grantAccess }: { readonly instances: readonly string[]; readonly grantAccess: boolean },
): ITerraformDependable[] {
  const apis = ProjectServices.of(where).require("sqladmin.googleapis.com");
  if (!grantAccess) return apis;
  return [
    ...apis,
    ...instances.map((instance) => {
      const isToken = Token.isUnresolved(instance);
      // The project may have a domain: example.com:project:region:instance.
      const literal = isToken ? undefined : instance.split(":").slice(0, -2).join(":");
      const project = literal ?? Fn.element(Fn.regex("^(.+):[^:]+:[^:]+$", instance), 0);
      const { grantKey, iamMember } = account;
      return grantOnProject(where, project, literal ?? `of ${instance}`, "roles/cloudsql.client", grantKey, iamMember);
    }),
  ];
}

/** What a service or job needs before its first instance starts. */
export function workloadPrerequisites(
  where: IConstruct,
  account: IServiceAccount,
  props: CloudRunOptions & { readonly image: IImage; readonly region: string },
): ITerraformDependable[] {
  const { sidecars = [], vpcEgress } = props;
  const images = new Set([props, ...sidecars].map(({ image }) => image));
  const volumes = allVolumes(props);
  const secrets = new Set([
    ...[props, ...sidecars].flatMap(({ secretEnv }) => Object.values(secretEnv ?? {})),
    ...volumes.flatMap(({ _source }) => _source.secret?.secret ?? []),
  ]);
  return [
    ...[...images].flatMap((image) => image.dependables),
    ...(props.imagePolicy?.dependables ?? []),
    ...[...images].flatMap((image) => pullFromOtherProject(where, image)),
    ...[...secrets].flatMap((secret) => [account.grantSecretAccess(secret, where), ...secret.dependables]),
    ...volumes.flatMap(({ _source: { gcs, cloudSql } }) => [
      ...(gcs && gcs.options.grantAccess !== false
        ? [
            account.grantBucketRole(
              gcs.bucketName,
              gcs.options.readOnly === false ? "roles/storage.objectUser" : "roles/storage.objectViewer",
              where,
            ),
          ]
        : []),
      ...(cloudSql ? cloudSqlAccess(where, account, cloudSql) : []),
    ]),
    ...(props.vpcConnector ? ProjectServices.of(where).require("vpcaccess.googleapis.com") : []),
    ...(vpcEgress?.grantNetworkUse ? grantNetworkUse(where, vpcEgress.subnetwork!) : []),
    ...(props.encryptionKey ? [grantServiceAgentKeyUse(where, props.encryptionKey, props.region)] : []),
  ];
}

/** Cloud Run pulls as its service agent, which may read the registries of its own project only. */
function pullFromOtherProject(where: IConstruct, image: IImage): ITerraformDependable[] {
  if (!image.registry || !isOtherProject(where, image.registry)) return [];
  const id = "ServiceAgent";
  const agent = where.node.tryFindChild(id) as IServiceAccount | undefined;
  return image.grantPull(agent ?? ServiceAccount.fromEmail(where as Construct, id, cloudRunAgent(where)), where);
}

function grantOnProject(
  where: IConstruct,
  project: string,
  projectKey: string,
  role: string,
  memberKey: string,
  member: string,
  after: readonly ITerraformDependable[] = [],
): ITerraformDependable {
  const apis = ProjectServices.of(where).require("cloudresourcemanager.googleapis.com");
  return Grants.of(where).once(
    `project ${projectKey}`,
    role,
    memberKey,
    (scope, id) => new ProjectIamMember(scope, id, { project, role, member, dependsOn: [...apis, ...after] }),
  );
}
