import type { ITerraformDependable } from "cdktf";
import type { Construct } from "constructs";
import type { IImage } from "../../image/container-image";
import { grantServiceAgentKeyUse } from "../../project/encryption-key";
import { cloudRunAgent } from "../../project/project-number";
import { ProjectServices } from "../../project/project-services";
import { isOtherProject } from "../../project/provider";
import { type IServiceAccount, ServiceAccount } from "../../project/service-account";
import { cloudSqlAccess, grantNetworkUse } from "./cloud-run-grants";
import type { CloudRunOptions } from "./cloud-run-options";
import { allVolumes } from "./sidecar";

type Runnable = CloudRunOptions & { readonly image: IImage; readonly region: string };

/** Grants for what the container reads at start; without them, the first revision fails. */
export function prerequisites(
  where: Construct,
  serviceAccount: IServiceAccount,
  props: Runnable,
): ITerraformDependable[] {
  const volumes = allVolumes(props);
  const secrets = new Set([
    ...[props, ...(props.sidecars ?? [])].flatMap(({ secretEnv }) => Object.values(secretEnv ?? {})),
    ...volumes.flatMap(({ _source }) => _source.secret?.secret ?? []),
  ]);
  return [
    ...[...images(props)].flatMap((image) => pullFromOtherProject(where, image)),
    ...[...secrets].flatMap((secret) => [serviceAccount.grantSecretAccess(secret, where), ...secret.dependables]),
    ...volumes.flatMap(({ _source: { gcs, cloudSql } }) => [
      ...(gcs && gcs.options.grantAccess !== false
        ? [
            serviceAccount.grantBucketRole(
              gcs.bucketName,
              gcs.options.readOnly === false ? "roles/storage.objectUser" : "roles/storage.objectViewer",
              where,
            ),
          ]
        : []),
      ...(cloudSql ? cloudSqlAccess(where, serviceAccount, cloudSql) : []),
    ]),
    ...(props.vpcConnector ? ProjectServices.of(where).require("vpcaccess.googleapis.com") : []),
    ...(props.vpcEgress?.grantNetworkUse ? grantNetworkUse(where, props.vpcEgress.subnetwork!) : []),
    ...(props.encryptionKey ? [grantServiceAgentKeyUse(where, props.encryptionKey, props.region)] : []),
  ];
}

/** Cloud Run pulls as its service agent, which may read the registries of its own project only. */
function pullFromOtherProject(where: Construct, image: IImage): ITerraformDependable[] {
  if (!image.registry || !isOtherProject(where, image.registry)) return [];
  const id = "ServiceAgent";
  const agent = where.node.tryFindChild(id) as IServiceAccount | undefined;
  return image.grantPull(agent ?? ServiceAccount.fromEmail(where, id, cloudRunAgent(where)), where);
}

/** Of every container. */
export function images({ image, sidecars = [] }: Runnable): Set<IImage> {
  return new Set([image, ...sidecars.map((sidecar) => sidecar.image)]);
}
